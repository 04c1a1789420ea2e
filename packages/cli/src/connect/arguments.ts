import { Option, type Command } from 'commander';
import type { ColorChoice } from '../output/style.ts';

/** What `inquest connect` is asked. */
export interface ConnectRequest {
  readonly address: string;
  readonly commands: readonly string[];
  readonly init: readonly string[];
  readonly json: boolean;
  readonly batch: boolean;
  readonly token: string | undefined;
  readonly color: ColorChoice;
  readonly pager: boolean;
  readonly substitutePath: readonly string[];
  readonly config: boolean;
}

/** Follows the help of `connect`. */
export const CONNECT_NOTES = `
The prompt against a core that is open elsewhere: inquest core --headless, where every command works and files that
commands write are written here; or dlv core --headless, where those work that Delve's server can answer. exit leaves; the
server ends with its last client, unless it was started with --accept-multiclient. detach ends it.

Examples:
  inquest connect 127.0.0.1:4040
  inquest connect unix:/run/user/1000/inquest
  inquest connect host:4040 --token SECRET -e bt -e 'goroutines -all > goroutines.txt'`;

interface ConnectFlags {
  readonly ex?: readonly string[];
  readonly init?: readonly string[];
  readonly json?: boolean;
  readonly batch?: boolean;
  readonly token?: string;
  readonly color?: ColorChoice | false;
  readonly pager?: boolean;
  readonly substitutePath?: readonly string[];
  readonly config?: boolean;
}

/** Adds `connect` to the sub-commands. */
export function addConnectCommand(
  program: Command,
  done: (request: { kind: 'connect' } & ConnectRequest) => void,
): void {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  program
    .command('connect')
    .summary('the prompt against a core that is open on a server')
    .description('Connect to inquest core --headless, or to dlv --headless.')
    .argument('<address>', 'HOST:PORT or unix:PATH')
    .usage('ADDRESS [options]')
    .option('-e, --ex <command>', 'run a command; may be repeated', collect)
    .option('--init <file>', 'run the commands of a file; - is standard input', collect)
    .option('--json', 'answer in JSON, one document a line: over a server of inquest')
    .option('--batch', 'exit when the commands are done, without a prompt')
    .option('--token <token>', 'what the server wants to know; by default INQUEST_TOKEN')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--no-color', 'the same as --color never')
    .option('--no-pager', 'never page long output')
    .option('--substitute-path <from=to>', "over Delve's server: sources compiled in FROM are in TO here", collect)
    .option('--no-config', 'leave the configuration files and variables alone')
    .addHelpText('after', CONNECT_NOTES)
    .action((address: string, flags: ConnectFlags) =>
      done({
        kind: 'connect',
        address,
        commands: flags.ex ?? [],
        init: flags.init ?? [],
        json: flags.json === true,
        batch: flags.batch === true,
        token: flags.token ?? process.env['INQUEST_TOKEN'],
        color: flags.color === false ? 'never' : (flags.color ?? 'auto'),
        pager: flags.pager !== false,
        substitutePath: flags.substitutePath ?? [],
        config: flags.config !== false,
      }),
    );
}
