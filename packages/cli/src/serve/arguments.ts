import { DebugError } from '@inquest/engine';
import { Option, type Command } from 'commander';
import type { ServeOptions } from './serve.ts';

/** What `inquest dap` is asked. */
export interface DapRequest extends ServeOptions {
  readonly config: boolean;
  /** Use and keep what was found out about executables. */
  readonly cache: boolean;
}

/** Flags of what serves clients. */
export interface ServeFlags {
  readonly listen?: string;
  readonly acceptMulticlient?: boolean;
  readonly onlySameUser: boolean;
  readonly token?: string | true;
  readonly log?: boolean;
  readonly logDest?: string;
}

/** Delve's flags for what there is not: editors give them. */
const IDLE = [
  '--api-version <n>',
  '--backend <name>',
  '--build-flags <flags>',
  '--check-go-version [wanted]',
  '--disable-aslr [wanted]',
  '--headless [wanted]',
  '--log-output <parts>',
  '--wd <dir>',
];

/** Adds what serving clients takes. */
export function addServeOptions(command: Command): Command {
  command
    .option('-l, --listen <address>', 'where to listen: HOST:PORT or unix:PATH (default: 127.0.0.1:0)')
    .option('--accept-multiclient [wanted]', 'go on when a client has gone', yesOrNo)
    .option('--only-same-user [wanted]', 'refuse programs of other users of this machine', yesOrNo, true)
    .option('--token [token]', 'clients must know it; made up if it is not given here or in INQUEST_TOKEN')
    .option('--log [wanted]', 'tell about connections', yesOrNo)
    .option('--log-dest <file>', 'where to tell that, and where it listens: a file, or the number of a descriptor');
  const taken = new Set(command.options.map(({ long }) => long));
  for (const option of IDLE.map((flags) => new Option(flags).hideHelp()))
    if (!taken.has(option.long)) command.addOption(option);
  return command;
}

/** `--flag`, `--flag=true`, `--flag=false`. */
function yesOrNo(value: string | undefined): boolean {
  return value !== 'false';
}

/** What the flags say. */
export function serveOptions(flags: ServeFlags): Omit<ServeOptions, 'clientAddress' | 'stdio'> {
  const fromEnvironment = process.env['INQUEST_TOKEN'];
  return {
    listen: flags.listen,
    acceptMulticlient: flags.acceptMulticlient === true,
    onlySameUser: flags.onlySameUser,
    token: flags.token === true ? (fromEnvironment ?? true) : flags.token,
    log: flags.log === true,
    logDestination: flags.logDest,
  };
}

/** Flags of `core` that make it a server. */
export interface HeadlessFlags extends Partial<ServeFlags> {
  readonly headless?: boolean;
  readonly apiVersion?: string;
}

/** Adds what serving a core takes. */
export function addHeadlessOptions(command: Command): Command {
  command
    .option('--headless [wanted]', 'serve clients of Delve and editors instead of a prompt', yesOrNo)
    .option('--api-version <n>', "the version of Delve's JSON-RPC, which is 2");
  return addServeOptions(command);
}

/** Flags of `core` about what it prints, by their names in the request. */
const OF_ANSWERS = ['ex', 'init', 'script', 'json', 'md', 'html', 'redact', 'output', 'stats'] as const;

type AnswerFlags = { readonly [Name in (typeof OF_ANSWERS)[number]]?: unknown };

/** How `core` is to serve; undefined without `--headless`. Throws `usage`. */
export function headlessRequest(flags: HeadlessFlags & AnswerFlags): ServeOptions | undefined {
  const { headless, apiVersion = '2', listen, acceptMulticlient, token } = flags;
  if (headless !== true) {
    const given = Object.entries({ listen, 'accept-multiclient': acceptMulticlient, token }).find(
      ([, value]) => value !== undefined,
    );
    if (given === undefined) return undefined;
    throw new DebugError(`--${given[0]} is for a server`, { code: 'usage', hint: 'give --headless as well' });
  }
  const idle = OF_ANSWERS.find((name) => flags[name] !== undefined);
  if (idle !== undefined)
    throw new DebugError(`--${idle} is about answers here, and a server of --headless gives none`, {
      code: 'usage',
      hint: 'leave it out; inquest connect runs commands on the server',
    });
  if (apiVersion !== '2')
    throw new DebugError(`there is no version ${apiVersion} of the API`, { code: 'usage', hint: 'it is version 2' });
  const options = serveOptions({ ...flags, onlySameUser: flags.onlySameUser !== false });
  return { ...options, clientAddress: undefined, stdio: false };
}

/** Follows the help of `dap`. */
export const DAP_NOTES = `
Serves an editor over the Debug Adapter Protocol: a launch configuration with "mode": "core", "program" and "coreFilePath"
opens the core. It takes the place of dlv dap: vscode-go needs "go.alternateTools": {"dlv": "…/inquest"} and nothing else.
It ends when its client has gone, unless --accept-multiclient is given.

Nobody but programs of the same user on this machine can connect, unless --listen names another address or
--only-same-user=false is given. Who can connect can read what is in cores and sources here. Without --token, clients
of which it is not known who they are get answers only: no files are written for them and no programs run.

Examples:
  inquest dap                            listens, and prints where
  inquest dap --stdio                    for editors that start it and talk over its standard input and output
  inquest dap --listen unix:/run/user/1000/inquest
  inquest dap --listen 0.0.0.0:4711 --token`;

interface DapFlags extends ServeFlags {
  readonly clientAddr?: string;
  readonly stdio?: boolean;
  readonly config?: boolean;
  readonly cache?: boolean;
}

/** Adds `dap` to the sub-commands. */
export function addDapCommand(program: Command, done: (request: { kind: 'dap' } & DapRequest) => void): void {
  const command = program
    .command('dap')
    .summary('serve an editor over the Debug Adapter Protocol')
    .description('Serve an editor over the Debug Adapter Protocol: cores in VS Code, Neovim, Emacs, Zed.')
    .usage('[--listen ADDRESS | --client-addr ADDRESS | --stdio] [options]');
  addServeOptions(command)
    .addOption(
      new Option('--client-addr <address>', 'connect to an editor that listens there').conflicts(['listen', 'stdio']),
    )
    .addOption(new Option('--stdio', 'talk over standard input and output').conflicts('listen'))
    .option('--no-config', 'leave the configuration files and variables alone')
    .option('--no-cache', 'neither use nor keep what was found out about an executable before')
    .addHelpText('after', DAP_NOTES)
    .action((flags: DapFlags) =>
      done({
        kind: 'dap',
        ...serveOptions(flags),
        clientAddress: flags.clientAddr,
        stdio: flags.stdio === true,
        config: flags.config !== false,
        cache: flags.cache !== false,
      }),
    );
}
