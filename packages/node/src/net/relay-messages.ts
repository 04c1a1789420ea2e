import type { Address } from './address.ts';

/** Where clients come from. */
export type ClientSource =
  | { readonly kind: 'listen'; readonly address: Address; readonly onlySameUser: boolean }
  | { readonly kind: 'dial'; readonly address: Address }
  | { readonly kind: 'stdio' };

/** What the thread that carries messages is started with. */
export interface RelayData {
  readonly source: ClientSource;
  /** Memory of a `Supervision`. */
  readonly memory: SharedArrayBuffer;
}

/** From the thread that carries messages to the one that answers. */
export type RelayEvent =
  | { readonly kind: 'ready'; readonly address: string | undefined }
  | { readonly kind: 'failed'; readonly message: string; readonly code: 'io' | 'usage' }
  | { readonly kind: 'warn'; readonly text: string }
  | { readonly kind: 'open'; readonly stream: number; readonly peer: string; readonly remote: boolean }
  | { readonly kind: 'data'; readonly stream: number; readonly bytes: Uint8Array }
  /** So many bytes have been taken by the client. */
  | { readonly kind: 'taken'; readonly stream: number; readonly count: number }
  | { readonly kind: 'closed'; readonly stream: number };

/** The other way. */
export type RelayOrder =
  | { readonly kind: 'write'; readonly stream: number; readonly bytes: Uint8Array }
  /** Data of so many bytes has arrived here. */
  | { readonly kind: 'arrived'; readonly stream: number; readonly count: number }
  | { readonly kind: 'pause' | 'resume' | 'end' | 'destroy'; readonly stream: number }
  /** Take no more clients. */
  | { readonly kind: 'close' };
