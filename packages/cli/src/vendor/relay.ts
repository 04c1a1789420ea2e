import { runRelay } from '@inquest/node';

runRelay();
