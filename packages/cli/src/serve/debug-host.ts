import { loadConfiguration, openCore, readyInputs, type OpenedCore } from '@inquest/node';
import type { DebugHost, HostedCore, OpenRequest, Supervisor, Terminal } from '@inquest/servers';
import type { ConfigurationLayer, Keeper } from '@inquest/engine';
import { identify } from '../identify.ts';
import { describeFailure } from '../output/failures.ts';
import { highlightGo } from '../output/highlight.ts';
import { createStyle } from '../output/style.ts';
import { writeAll } from '../output/terminal.ts';
import type { Reach } from '../reach.ts';
import { Runner } from '../runner.ts';
import { VERSION } from '../version.ts';
import { promptOver } from './prompt-without-terminal.ts';

export interface HostOptions {
  /** What lines of the prompt may do. */
  readonly reach: Reach;
  /** False to leave configuration files alone. */
  readonly config: boolean;
  /** Keeps what is found out about executables; undefined keeps nothing. */
  readonly keeper?: Keeper | undefined;
  readonly attached?: () => HostedCore;
  readonly supervisor?: Supervisor | undefined;
}

/** This process as the host of servers. */
export function debugHost({ reach, config, keeper, attached, supervisor }: HostOptions): DebugHost {
  return {
    version: VERSION,
    attached,
    ...(supervisor === undefined ? {} : { supervisor }),
    reportBug: (error) => writeAll(2, `inquest: ${describeFailure(error).join('\n')}\n`),
    open: (request, report) => open(request, { reach, config, keeper }, report),
  };
}

async function open(
  request: OpenRequest,
  { reach, config, keeper }: Pick<HostOptions, 'reach' | 'config' | 'keeper'>,
  report: (text: string) => void,
): Promise<HostedCore> {
  const { core, executable, settings, defaults, force, debuginfod, sysroot, libs } = request;
  const layers: readonly ConfigurationLayer[] = [
    { origin: 'default', place: undefined, values: defaults },
    { origin: 'flag', place: 'the launch configuration', values: settings },
  ];
  const flags = { substitutePath: [], debugInfoDirectories: [], settings: [], files: config, layers };
  const { configuration, problems } = loadConfiguration(flags, process.env, process.cwd());
  const files = await readyInputs(
    { paths: [], core, executable },
    { force, progress: { report, clear: () => undefined } },
  );
  const opened = openCore({ ...files, configuration, force, debuginfod, places: { sysroot, libs }, keeper });
  return hostedCore({ ...opened, notes: [...problems, ...opened.notes] }, reach);
}

/** A core that was opened, for servers. */
export function hostedCore(opened: OpenedCore, reach: Reach): HostedCore {
  const { session, executablePath, notes } = opened;
  let look: Pick<Terminal, 'color' | 'width'> = { color: false, width: undefined };
  const runner = new Runner({
    session,
    core: identify(opened),
    warnings: notes,
    style: (settings, plain) => {
      const width = plain ? undefined : look.width;
      return createStyle(!plain && look.color, width ?? Number.POSITIVE_INFINITY, undefined, highlightGo, settings);
    },
    json: false,
    pager: false,
    reach,
  });
  const prompt = promptOver(runner, ({ color, width }) => {
    if (look.color !== color || look.width !== width) runner.restyle();
    look = { color, width };
  });
  return { session, executable: executablePath, notes, prompt, remember: () => runner.remember() };
}
