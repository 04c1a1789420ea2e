/** Version of the command; a test keeps it equal to package.json's. */
export const VERSION = '0.1.0';

/** Who made a JSON document. */
export const TOOL: { readonly name: string; readonly version: string } = { name: 'inquest', version: VERSION };
