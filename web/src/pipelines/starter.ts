/** A pipeline that is valid as it stands: a job is started, and waited for. */
export const STARTER = `kind: PIPELINE
name: My pipeline
description: Starts a job and waits until it has ended
concurrency: 10
input:
  api: http://127.0.0.1:4700
_inputMeta:
  api:
    description: Where the job server is
    mandatory: true
output:
  result: \${Build.Wait.output.responseJson}
stageOrder:
  - Build
stages:
  Build:
    # One step after another; a comma means side by side: - Web,Worker
    taskOrder:
      - Start
      - Wait
    tasks:
      Start:
        type: REST
        input:
          action: post
          url: \${input.api}/iaas/api/deployments
          headers:
            Content-Type: application/json
          payload: '{"name": "\${name}", "polls": 3}'
      Wait:
        type: POLL
        input:
          url: \${input.api}\${Build.Start.output.responseJson.selfLink}
          pollCount: 60
          pollIntervalSeconds: 1
          ignoreFailure: true
          exitCriteria:
            success: status == "FINISHED"
            failure: status == "FAILED"
`
