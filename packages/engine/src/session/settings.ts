/** What a user may set. Lengths are counts of bytes and elements, as in Delve. */
export interface Settings {
  maxStringLen: number;
  maxArrayValues: number;
  maxVariableRecurse: number;
  sourceListLineCount: number;
}
