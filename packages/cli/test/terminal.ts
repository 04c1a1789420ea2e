import { spawnSync } from 'node:child_process';

export const HAS_TMUX: boolean = spawnSync('tmux', ['-V']).status === 0;

/** A terminal in tmux, a server of its own. */
export class Terminal {
  private static count = 0;
  /** A server that was just killed may still hold its socket. */
  private readonly socket = `inquest-test-${process.pid}-${Terminal.count++}`;

  constructor(command: string) {
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '40', command);
  }

  private tmux(...args: string[]): string {
    return spawnSync('tmux', ['-L', this.socket, ...args], { encoding: 'utf8' }).stdout;
  }

  type(text: string): void {
    this.tmux('send-keys', '-l', text);
  }

  key(name: string): void {
    this.tmux('send-keys', name);
  }

  /** Waits until the screen, scrolled-off lines and all, has the text. */
  async until(text: string | RegExp): Promise<string> {
    let screen = '';
    for (let i = 0; i < 400; i++) {
      screen = this.tmux('capture-pane', '-p', '-S', '-500').trimEnd();
      if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no ${String(text)} in:\n${screen}`);
  }

  end(): void {
    this.tmux('kill-server');
  }
}
