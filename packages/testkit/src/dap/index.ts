export { checkMessage } from './check-message.ts';
export { DapClient, type DapClientOptions } from './client.ts';
export { Conversation } from './conversation.ts';
export type { DapMessage } from './message.ts';
