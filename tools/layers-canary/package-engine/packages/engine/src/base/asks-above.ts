import { command } from '../../../cli/src/command.ts';

export const answer: number = command;
