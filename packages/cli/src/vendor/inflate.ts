import { runInflating } from '@inquest/node';

runInflating();
