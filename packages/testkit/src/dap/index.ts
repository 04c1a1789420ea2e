export { checkMessage } from './check-message.ts';
export { DapClient, type DapClientOptions } from './client.ts';
export type { DapMessage } from './message.ts';
