import { DebugError } from '@inquest/engine';
import { loadConfiguration } from '@inquest/node';
import { makeStyle, refuse } from '../core-command.ts';
import { EXIT } from '../exit-codes.ts';
import { readCommandFile, readPipedCommands } from '../input.ts';
import { Channel } from '../output/channel.ts';
import { sanitize } from '../output/sanitize.ts';
import { isTerminal, writeAll } from '../output/terminal.ts';
import type { LineHost } from '../prompt/prompt.ts';
import type { ConnectRequest } from './arguments.ts';
import { DelveRemote } from './delve/remote.ts';
import { InquestRemote, inquestTitle } from './inquest-remote.ts';
import { RemoteRunner } from './remote-runner.ts';
import type { Remote } from './remote.ts';
import { RpcConnection } from './rpc-connection.ts';

/** `inquest connect`: runs commands on a server, and the prompt on a terminal. Returns the exit code. */
export async function runConnect(request: ConnectRequest): Promise<number> {
  let remote: Remote;
  let given: readonly Given[];
  try {
    given = [...request.init.map(readInit), ...request.commands.map((line): Given => ({ lines: [line] }))];
    remote = await open(request);
  } catch (error) {
    return refuse(error, request.json);
  }
  const terminal = isTerminal(1);
  const runner = new RemoteRunner({
    remote,
    channel: new Channel(),
    style: () => makeStyle(request.color, terminal),
    pager: request.pager && terminal && !request.json,
    json: request.json,
  });
  const code = await runAll(runner, given, terminal && !request.batch && !request.json && isTerminal(0));
  remote.close();
  return code;
}

async function open({ address, token, substitutePath, config, json }: ConnectRequest): Promise<Remote> {
  const [connection, version] = await RpcConnection.open(address, token);
  const title = inquestTitle(version);
  if (title !== undefined) return new InquestRemote(connection, title);
  if (json) {
    connection.close();
    throw new DebugError(`--json needs a server of inquest, and Delve listens at ${address}`, { code: 'unsupported' });
  }
  const flags = { substitutePath, debugInfoDirectories: [], settings: [], files: config };
  const { configuration, problems } = loadConfiguration(flags, process.env, process.cwd());
  for (const problem of problems) writeAll(2, `inquest: ${sanitize(problem)}\n`);
  return new DelveRemote(connection, version, configuration);
}

/** What the arguments ask to be run: a line, or the lines of a file with that name. */
interface Given {
  readonly lines: readonly string[];
  readonly name?: string;
}

function readInit(path: string): Given {
  return { lines: readCommandFile(path), name: path === '-' ? 'standard input' : path };
}

async function runAll(runner: RemoteRunner, given: readonly Given[], interactive: boolean): Promise<number> {
  const piped = given.length === 0 && !interactive ? await readPipedCommands() : undefined;
  const lines = piped ?? [runner.options.remote.report];
  const all = given.length > 0 ? given : lines.map((line): Given => ({ lines: [line] }));
  let code: number = EXIT.ok;
  for (const { lines, name } of all) {
    const outcome = name === undefined ? await runner.run(lines[0] ?? '') : await runner.runLines(lines, name);
    code = Math.max(code, outcome.code);
    if (outcome.leave) return code;
  }
  if (!interactive) return code;
  const { remote } = runner.options;
  writeAll(1, `\n${given.length === 0 ? `Connected to ${sanitize(remote.title)}: help lists the commands.\n` : ''}`);
  // Tells how the prompt looks there.
  await runner.run('', { prompt: true });
  const { runPrompt } = await import('../prompt/prompt.ts');
  await runPrompt(lineHost(runner));
  return EXIT.ok;
}

/** The prompt of a core that is open elsewhere. Lines are run one after the other. */
function lineHost(runner: RemoteRunner): LineHost {
  const { remote } = runner.options;
  let running = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    text: () => runner.prompt,
    run(line) {
      running++;
      const outcome = last.then(() => runner.run(line, { prompt: true })).finally(() => running--);
      last = outcome;
      return outcome;
    },
    complete: (line) => remote.complete(line).catch(() => [[], line] as const),
    cancel() {
      if (running === 0) return false;
      remote.cancel();
      return true;
    },
    takeTerminal(lend) {
      runner.lendTerminal = lend;
    },
    over: remote.closed.then(() => writeAll(2, 'inquest: the server closed the connection\n')),
  };
}
