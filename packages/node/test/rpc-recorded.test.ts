// What the server answers to every method, as recorded in goldens/rpc.txt; INQUEST_UPDATE=1 records anew. That Delve answers the
// same is for the comparisons (npm run test:oracle).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { COMPILED_IN } from '../../../fixtures/fixtures.mjs';
import { METHODS } from '../../servers/src/rpc/methods/table.ts';
import { REQUESTS } from './rpc/requests.ts';
import { NO_SOURCES, rpcOver } from './rpc/rpc-over.ts';
import { Stabiliser } from './rpc/stable.ts';

const GOLDEN = join(import.meta.dirname, 'goldens/rpc.txt');
const update = process.env['INQUEST_UPDATE'] === '1';

interface Place {
  readonly file: string;
  readonly function?: { readonly name: string };
}

async function record(): Promise<string> {
  const client = rpcOver('exprs/go1.27/noopt', {}, {}, { sources: NO_SOURCES }).connect();
  const { Threads } = await client.call<{ Threads: readonly (Place & { readonly id: number })[] }>('ListThreads');
  const { Locations } = await client.call<{ Locations: readonly Place[] }>('Stacktrace', { Id: -1, Depth: 50 });
  const frame = Locations.findIndex((each) => each.function?.name === 'main.inner');
  const goTree = (Threads[0]?.file ?? '').replace(/\/src\/runtime\/.*$/, '');
  const stable = new Stabiliser(
    Threads.map(({ id }) => id),
    [
      [goTree, '$GOROOT'],
      [COMPILED_IN, '$SRC'],
    ],
  );
  const lines: string[] = [];
  for (const [method, parameters = {}] of REQUESTS) {
    const asked = JSON.stringify(parameters).replaceAll('"FRAME"', String(frame)).replaceAll('SOURCES', COMPILED_IN);
    const shown = JSON.stringify(parameters).replaceAll('SOURCES', '$SRC');
    lines.push(`> ${method} ${shown}`);
    try {
      lines.push(`< ${stable.text(await client.call(method, JSON.parse(asked) as object))}`, '');
    } catch (error) {
      lines.push(`! ${JSON.parse(stable.text((error as Error).message)) as string}`, '');
    }
  }
  return lines.join('\n');
}

it('answers every method as recorded', async () => {
  const text = await record();
  if (update) {
    mkdirSync(dirname(GOLDEN), { recursive: true });
    writeFileSync(GOLDEN, text);
  } else expect(text.split('\n')).toEqual(readFileSync(GOLDEN, 'utf8').split('\n'));
});

/** The methods of Delve 1.27 (service/rpc2, service/rpccommon). */
const DELVE_METHODS = `AmendBreakpoint Ancestors AttachedToExistingProcess BuildID CancelDownloads CancelNext Checkpoint
ClearBreakpoint ClearCheckpoint Command CreateBreakpoint CreateEBPFTracepoint CreateWatchpoint DebugInfoDirectories Detach
Disassemble DownloadLibraryDebugInfo DumpCancel DumpStart DumpWait Eval ExamineMemory FindLocation FollowExec
FollowExecEnabled FunctionReturnLocations GetBreakpoint GetBufferedTracepoints GetEvents GetThread GuessSubstitutePath
IsMulticlient LastModified ListBreakpoints ListCheckpoints ListDynamicLibraries ListFunctionArgs ListFunctions
ListGoroutines ListLocalVars ListPackageVars ListPackagesBuildInfo ListRegisters ListSources ListTargets ListThreads
ListTypes ProcessPid Recorded Restart Set Stacktrace State StopRecording ToggleBreakpoint TypeInfo GetVersion
SetApiVersion`.split(/\s+/);

it('has every method of Delve, and each is recorded', () => {
  expect(Object.keys(METHODS).sort()).toEqual([...DELVE_METHODS].sort());
  const recorded = new Set(REQUESTS.map(([method]) => method));
  expect(DELVE_METHODS.filter((method) => !recorded.has(method))).toEqual([]);
});
