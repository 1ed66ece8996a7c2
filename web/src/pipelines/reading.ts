export { calledFirst } from '../../../src/pipeline/called-first.ts'
export { checkFiles } from '../../../src/pipeline/check.ts'
export { pipelineDocuments } from '../../../src/pipeline/documents.ts'
