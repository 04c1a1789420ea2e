import { DebugError, type Operation, type Parameters } from '@inquest/engine';

/**
 * What lines may do besides answering: use the `terminal`; without one, read and write `files`, run scripts and programs;
 * or nothing, where it is not known who asks: `answers`.
 */
export type Reach = 'terminal' | 'files' | 'answers';

/** Commands that need the terminal, and those that read, write and run what is on this machine. */
const ON_TERMINAL: ReadonlySet<string> = new Set(['edit', 'transcript']);
const ON_MACHINE: ReadonlySet<string> = new Set(['source', 'export']);

/** The same operations, but those that are out of reach refuse. */
export function withinReach(table: readonly Operation[], reach: Reach): readonly Operation[] {
  if (reach === 'terminal') return table;
  return table.map((operation) => ({
    ...operation,
    run(session, parameters) {
      checkReach(operation.name, parameters, reach);
      return operation.run(session, parameters);
    },
  }));
}

/** Throws `unsupported` for what is out of reach. */
export function checkReach(name: string, parameters: Parameters, reach: Reach): void {
  if (reach === 'terminal') return;
  if (ON_TERMINAL.has(name) || (name === 'source' && parameters['file'] === '-'))
    throw new DebugError(`${name} needs a terminal, and here is none`, { code: 'unsupported' });
  if (ON_MACHINE.has(name) || (name === 'config' && parameters['save'] === true)) checkFiles(reach);
}

/** Throws `unsupported` where files of this machine are out of reach. */
export function checkFiles(reach: Reach): void {
  if (reach !== 'answers') return;
  throw new DebugError('files and programs of this machine are out of reach: it is not known who asks', {
    code: 'unsupported',
    hint: 'start the server with --token, or for this user alone',
  });
}
