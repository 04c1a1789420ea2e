import { main } from './main.ts';

// Everything is written synchronously, so that nothing is lost; what a pipe's reader may still hold open is not waited for.
void main(process.argv.slice(2)).then((code) => process.exit(code));
