// Makes the JSON Schema of the report from its types. docs.mjs writes it, a test compares it.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the schema is kept. */
export const schemaPath = join(root, 'docs/schema/report.schema.json');

/** The schema as a text. */
export function reportSchema() {
  const schema = createGenerator({
    path: join(root, 'packages/cli/src/report-document.ts'),
    // The one that finds the sources: what tsc writes is not there in a fresh clone.
    tsconfig: join(root, 'tsconfig.test.json'),
    type: 'ReportDocument',
    skipTypeCheck: true,
    jsDoc: 'extended',
    additionalProperties: false,
  }).createSchema('ReportDocument');
  return `${JSON.stringify({ title: 'Report of inquest', ...schema }, undefined, 2)}\n`;
}
