/** The JSON Schema of the messages of the Debug Adapter Protocol: `definitions.Messages.properties` has one for each. */
export function dapSchema(): {
  readonly definitions: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
};
