import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkMessage, Conversation, type DapMessage } from '@inquest/testkit/dap';
import { ContentLengthDecoder } from '../../../servers/src/transport/content-length.ts';

const LIMIT = 1 << 26;

/** A command that does what another does, and writes all that it is told and tells into a file. */
export function recorded(file: string, command: readonly string[]): string[] {
  return [process.execPath, fileURLToPath(new URL('record-command.mjs', import.meta.url)), file, ...command];
}

/** What is wrong with the messages of a recorded session: with those of the server, and with those of the client. */
export function problemsOf(file: string): { received: string[]; sent: string[]; commands: string[] } {
  const out = { received: [] as string[], sent: [] as string[], commands: [] as string[] };
  const conversation = new Conversation();
  const decoders = { sent: new ContentLengthDecoder(LIMIT), received: new ContentLengthDecoder(LIMIT) };
  const attempt = (direction: 'sent' | 'received', check: () => void): void => {
    try {
      check();
    } catch (error) {
      out[direction].push(String(error));
    }
  };
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const { direction, bytes } = JSON.parse(line) as { direction: 'sent' | 'received'; bytes: string };
    decoders[direction].push(Buffer.from(bytes, 'base64'), (text) => {
      const message = JSON.parse(text) as DapMessage;
      if (direction === 'sent') out.commands.push(message.command ?? '');
      attempt(direction, () => checkMessage(message));
      attempt(direction, () => (direction === 'sent' ? conversation.sent(message) : conversation.received(message)));
    });
  }
  return out;
}
