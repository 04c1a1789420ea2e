import type { Socket } from 'node:net';
import { rawSocket } from '../server-process.ts';

export interface LineAnswer {
  readonly error: string | null;
  /** Bytes of the whole answer. */
  readonly size: number;
}

/** Answers of which more than this is not looked into: parsing them takes longer than making them. */
const MOST_PARSED = 1 << 16;
const NEWLINE = 10;

/** A client of JSON-RPC that wants to know whether it is answered, and less what. */
export class LineClient {
  readonly socket: Socket;
  /** Answers to what was not asked, or was answered before. */
  answersToNothing = 0;
  private readonly waiting = new Map<number, { resolve: (answer: LineAnswer) => void; reject: (why: Error) => void }>();
  private pieces: Buffer[] = [];
  private lastId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.take(bytes));
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the server closed the connection'));
    });
  }

  static async open(address: string): Promise<LineClient> {
    return new LineClient(await rawSocket(address));
  }

  ask(method: string, parameters: object = {}): Promise<LineAnswer> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.write(`${JSON.stringify({ method, params: [parameters], id })}\n`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.answer(Buffer.concat([...this.pieces, bytes.subarray(start, end)]));
      this.pieces = [];
      start = end + 1;
    }
    if (start < bytes.length) this.pieces.push(bytes.subarray(start));
  }

  private answer(line: Buffer): void {
    const id = Number(/^\{"id":(\d+),/.exec(line.subarray(0, 40).toString())?.[1]);
    const parsed = line.length > MOST_PARSED ? { error: null } : (JSON.parse(line.toString()) as LineAnswer);
    const waiting = this.waiting.get(id);
    if (waiting === undefined) this.answersToNothing++;
    this.waiting.delete(id);
    waiting?.resolve({ error: parsed.error, size: line.length });
  }
}
