import {
  DebugError,
  findLiveCommand,
  isDebugError,
  parseCommandLine,
  withAliases,
  type CommandLine,
  type Configuration,
  type Operation,
  type SourceResult,
} from '@inquest/engine';
import { DiskSources } from '@inquest/node';
import type { LineAnswer } from '@inquest/servers';
import { EXIT } from '../../exit-codes.ts';
import { complaintText, failureCode } from '../../output/failures.ts';
import { highlightGo } from '../../output/highlight.ts';
import { createStyle, type Style } from '../../output/style.ts';
import { completeLine } from '../../prompt/complete.ts';
import { renderResult } from '../../render/index.ts';
import { repetition } from '../../repetition.ts';
import type { LineRequest, Remote } from '../remote.ts';
import type { RpcConnection, ServerVersion } from '../rpc-connection.ts';
import { DelveServer } from './server.ts';
import { DELVE_COMMANDS, DELVE_TABLE, isOurs, OF_THE_PROMPT } from './table.ts';

/** Commands after which the source of the place is shown as well. */
const SHOWS_SOURCE: ReadonlySet<string> = new Set(['frame', 'up', 'down']);

const NOTHING: LineAnswer = {
  text: '',
  complaint: '',
  code: EXIT.ok,
  prompt: '(inquest) ',
  output: undefined,
  command: undefined,
};

/** A session on a server of Delve: lines are understood and answers written here, in between its API is asked. */
export class DelveRemote implements Remote {
  readonly title: string;
  readonly report = 'bt';
  readonly closed: Promise<void>;
  private readonly connection: RpcConnection;
  private readonly server: DelveServer;
  private readonly table: readonly Operation[];
  private last = '';
  /** What `list` showed, if that was the last command. */
  private listed: SourceResult | undefined;

  constructor(connection: RpcConnection, version: ServerVersion, configuration: Configuration) {
    const goVersion = /\bgo1\.(\d+)[\w.]*/.exec(version.TargetGoVersion ?? '');
    const { settings } = configuration;
    this.title = `Delve ${/^Version: (\S+)/m.exec(version.DelveVersion)?.[1] ?? ''}`.trim();
    this.connection = connection;
    this.closed = connection.closed;
    this.table = withAliases(DELVE_TABLE, settings.aliases);
    const sources = new DiskSources({
      besides: [],
      executable: undefined,
      goVersion: () => goVersion?.[0],
      rules: () => settings.substitutePath,
      env: process.env,
    });
    const minor = goVersion === null ? undefined : Number(goVersion[1]);
    this.server = new DelveServer(connection, { settings, sources, minor });
  }

  async run(line: string, request: LineRequest): Promise<LineAnswer> {
    const { sourceListLineCount } = this.server.settings;
    const repeats = line.trim() === '' && request.interactive && request.place === undefined;
    const text = (repeats ? repetition(this.last, this.listed, sourceListLineCount) : line) ?? '';
    this.listed = undefined;
    let command: CommandLine | undefined;
    try {
      command = this.parse(text);
      if (request.interactive) this.last = text;
      return command === undefined ? NOTHING : await this.execute(command, request);
    } catch (error) {
      const { expression } = command?.parameters ?? {};
      const shown = typeof expression === 'string' ? expression : undefined;
      const { interactive: prompt, place } = request;
      const complaint = complaintText(error, { prompt, ...(place === undefined ? {} : { place }) }, shown);
      return { ...NOTHING, complaint, code: failureCode(error) };
    }
  }

  private parse(line: string): CommandLine | undefined {
    try {
      return parseCommandLine(line, this.table);
    } catch (error) {
      const word = line.trim().split(/\s/, 1)[0] ?? '';
      if (findLiveCommand(word) !== undefined)
        throw new DebugError(`${word} is not for inquest connect, which only looks`, {
          code: 'unsupported',
          hint: 'dlv connect lets a process run',
        });
      if (!isDebugError(error) || error.detail.code !== 'not-found' || !isOurs(word)) throw error;
      throw new DebugError(`${word} is more than a server of Delve can answer`, {
        code: 'unsupported',
        hint: 'inquest core --headless serves it',
      });
    }
  }

  private async execute(command: CommandLine, request: LineRequest): Promise<LineAnswer> {
    const { operation, parameters, scope, output } = command;
    const { name } = operation;
    if (OF_THE_PROMPT.has(name)) return { ...NOTHING, command: { name, parameters } };
    const result = await DELVE_COMMANDS[name]?.run(this.server, parameters, scope);
    if (name === 'list') this.listed = result as SourceResult;
    const style = this.style(output === undefined ? request : { color: false, width: undefined });
    const lines = renderResult(name, result, style, parameters);
    if (SHOWS_SOURCE.has(name)) lines.push(...(await this.sourceOf(result as { index: number }, command, style)));
    return { ...NOTHING, text: lines.map((each) => `${each}\n`).join(''), output };
  }

  /** The source around a frame, without the line that tells where it is. */
  private async sourceOf(
    { index }: { readonly index: number },
    { scope }: CommandLine,
    style: Style,
  ): Promise<string[]> {
    const source = await DELVE_COMMANDS['list']?.run(this.server, {}, { ...scope, frame: index });
    return renderResult('list', source, style, {}).slice(1);
  }

  private style({ color, width }: Pick<LineRequest, 'color' | 'width'>): Style {
    const columns = width ?? Number.POSITIVE_INFINITY;
    return createStyle(color, columns, process.cwd(), highlightGo, this.server.settings);
  }

  complete(line: string): Promise<readonly [string[], string]> {
    return Promise.resolve(completeLine(line, undefined, this.table));
  }

  cancel(): void {
    // Delve answers in its own time.
    this.connection.giveUp();
  }

  async detach(): Promise<void> {
    await this.server.call('Detach', { Kill: false });
  }

  close(): void {
    this.connection.close();
  }
}
