import { DebugError, isDebugError, type Parameters } from '@inquest/engine';
import type { LineAnswer } from '@inquest/servers';
import { CONTROL, transcript } from '../door-operations.ts';
import { EXIT } from '../exit-codes.ts';
import { checkDepth, readCommandFile } from '../input.ts';
import { expandHome, type Channel } from '../output/channel.ts';
import { complaintText, failureCode } from '../output/failures.ts';
import type { LendTerminal } from '../output/pager.ts';
import { renderResult } from '../render/index.ts';
import type { LineOrigin, Outcome } from '../runner.ts';
import { isScript } from '../script/run-script.ts';
import type { Style } from '../output/style.ts';
import type { Remote } from './remote.ts';

export interface RemoteRunnerOptions {
  readonly remote: Remote;
  readonly channel: Channel;
  /** Of this terminal, as it is now. */
  readonly style: () => Style;
  readonly pager: boolean;
  /** Answers are JSON. */
  readonly json: boolean;
}

/** Runs lines on a server, and does here what is of this machine: files, programs, the terminal. */
export class RemoteRunner {
  /** For the next line. */
  prompt = '(inquest) ';
  lendTerminal: LendTerminal = (action) => action();
  readonly options: RemoteRunnerOptions;
  private depth = 0;

  constructor(options: RemoteRunnerOptions) {
    this.options = options;
  }

  /** Runs one line. */
  async run(line: string, origin: LineOrigin = {}): Promise<Outcome> {
    const { remote, channel, style } = this.options;
    const { color, width } = style();
    const text = line.trim();
    try {
      if (text !== '') channel.echo(text);
      if (/^detach(\s|$)/.test(text)) {
        await remote.detach();
        return { code: EXIT.ok, leave: true };
      }
      const answer = await remote.run(line, {
        color,
        width: Number.isFinite(width) ? width : undefined,
        interactive: origin.prompt === true,
        place: origin.place,
        json: this.options.json,
      });
      this.prompt = answer.prompt;
      return await this.show(answer, origin);
    } catch (error) {
      this.complain(error, origin);
      return { code: failureCode(error), leave: false };
    }
  }

  /** Runs all lines; those that fail do not keep the others from being run. */
  async runLines(lines: readonly string[], name: string, origin: LineOrigin = {}): Promise<Outcome> {
    let code: number = EXIT.ok;
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const outcome = await this.run(line, { ...origin, place: `${name}:${i + 1}` });
      code = Math.max(code, outcome.code);
      if (outcome.leave) return { code, leave: true };
    }
    return { code, leave: false };
  }

  private async show(answer: LineAnswer, origin: LineOrigin): Promise<Outcome> {
    const { channel, pager } = this.options;
    const { text, output, complaint, command, code } = answer;
    if (output !== undefined) channel.redirect(text, output, this.lendTerminal);
    else if (text !== '') channel.answer(text, pager ? this.lendTerminal : undefined);
    if (complaint !== '') channel.complain(complaint, origin.prompt === true ? 1 : 2);
    return command !== undefined ? this.carryOut(command.name, command.parameters, origin) : { code, leave: false };
  }

  /** A command that is of this machine. */
  private async carryOut(name: string, parameters: Parameters, origin: LineOrigin): Promise<Outcome> {
    const { channel, style } = this.options;
    if (name === CONTROL.exit) return { code: EXIT.ok, leave: true };
    if (name === CONTROL.source) return this.source(parameters, origin);
    const lines = renderResult(name, transcript(channel, parameters), style(), parameters);
    channel.answer(`${lines.join('\n')}\n`);
    return { code: EXIT.ok, leave: false };
  }

  private async source({ file, arguments: args }: Parameters, origin: LineOrigin): Promise<Outcome> {
    const path = expandHome(typeof file === 'string' ? file : '');
    if (isScript(path))
      throw new DebugError('scripts run where the core is, and that is on the server', { code: 'unsupported' });
    if (args !== undefined) throw new DebugError(`${path} is no script: it takes no arguments`, { code: 'usage' });
    checkDepth(path, this.depth);
    const lines = readCommandFile(path);
    this.depth++;
    try {
      return await this.runLines(lines, path, origin);
    } finally {
      this.depth--;
    }
  }

  private complain(error: unknown, origin: LineOrigin): void {
    const cancelled = isDebugError(error) && error.detail.code === 'cancelled';
    const text = cancelled ? 'cancelled\n' : complaintText(error, origin);
    this.options.channel.complain(text, origin.prompt === true ? 1 : 2);
  }
}
