// Stands in for src/output/terminal.ts in tests: keeps what is written. It imports nothing, as a module mock must.

/** What is written to the terminal goes here. */
export const capture = {
  text: '',
  writeAll(_fd: 1 | 2, text: string): void {
    capture.text += text;
  },
  isTerminal: (): boolean => false,
  terminalSize: (): undefined => undefined,
};
