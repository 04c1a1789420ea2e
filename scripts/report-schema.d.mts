export const schemaPath: string;
export function reportSchema(): string;
