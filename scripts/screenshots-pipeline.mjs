/** A pipeline that is worth a picture: stages, tasks side by side, one that waits, and a rollback. */
export function provisionCluster({ api, nodes, storage }) {
  return `kind: PIPELINE
name: Provision cluster
description: Orders a cluster, waits for its parts, checks it, and tells.
concurrency: 3
input:
  api: ${api}
  region: eu-west
_inputMeta:
  api: { description: Where the job server is, mandatory: true }
  region: { description: Where the cluster is to be, mandatory: false }
stageOrder: [Order, Provision, Verify]
stages:
  Order:
    taskOrder: [Check region, Order cluster]
    tasks:
      Check region:
        type: Condition
        input: { condition: '"\${input.region}" != ""' }
      Order cluster:
        type: REST
        input:
          action: post
          url: \${input.api}/iaas/api/images
          payload: '{"name": "cluster \${executionIndex}", "region": "\${input.region}"}'
  Provision:
    taskOrder: ["Nodes,Storage", Configure]
    tasks:
      Nodes:
        type: POLL
        input:
          url: ${nodes}
          headers: { Authorization: "Bearer \${var.CLUSTER_TOKEN}" }
          pollCount: 200
          pollIntervalSeconds: 0.5
          timeoutSeconds: 900
          progress: progress
          exitCriteria:
            success: status == "FINISHED" && progress >= 100
            failure: status == "FAILED"
      Storage:
        type: POLL
        input:
          url: ${storage}
          pollCount: 60
          pollIntervalSeconds: 0.5
          exitCriteria:
            success: status == "FINISHED"
            failure: status == "FAILED"
      Configure:
        type: REST
        input:
          action: post
          url: \${input.api}/iaas/api/images
          payload: '{"after": "\${Provision.Nodes.output.responseJson.id}"}'
  Verify:
    taskOrder: [Healthy, Tell]
    tasks:
      Healthy:
        type: POLL
        input:
          url: ${storage}
          exitCriteria:
            success: responseCode == 200
            failure: responseCode >= 500
      Tell:
        type: REST
        preCondition: '"\${input.region}" == "eu-west"'
        input: { action: post, url: "\${input.api}/iaas/api/images", payload: "{}" }
rollbacks:
  - stage: Provision
    name: Undo release
    inputs: { api: "\${input.api}" }
`
}
