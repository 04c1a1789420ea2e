import type { SendEvent } from './client.ts';
import { progressIdOf } from './request-watch.ts';

/** How long something may take before it is worth a word, in milliseconds. */
const PATIENCE = 1000;
/** Between two reports. */
const INTERVAL = 250;

/** Tells a client that wants to know it how far a request is, if it takes long. */
export class Progress {
  private readonly event: SendEvent | undefined;
  private readonly title: string;
  private readonly requestId: number;
  private readonly started = Date.now();
  private reported = 0;
  private begun = false;
  private message = '';
  private readonly timer: ReturnType<typeof setTimeout> | undefined;

  /** @param event undefined for clients that do not want to know */
  constructor(requestId: number, title: string, event: SendEvent | undefined) {
    this.requestId = requestId;
    this.title = title;
    this.event = event;
    if (event !== undefined) this.timer = setTimeout(() => this.begin(), PATIENCE);
  }

  /** How far it is, in words. */
  report(text: string): void {
    this.message = text;
    const now = Date.now();
    if (now - this.started < PATIENCE || now - this.reported < INTERVAL) return;
    this.reported = now;
    if (!this.begun) this.begin();
    else this.event?.('progressUpdate', { progressId: this.id, message: text });
  }

  end(): void {
    clearTimeout(this.timer);
    if (this.begun) this.event?.('progressEnd', { progressId: this.id });
  }

  private get id(): string {
    return progressIdOf(this.requestId);
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    const { id, title, message, requestId } = this;
    this.event?.('progressStart', { progressId: id, title, requestId, ...(message === '' ? {} : { message }) });
  }
}
