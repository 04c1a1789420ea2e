import { main } from './main.ts';

// Where an error was made is shown in no other case, and V8 takes milliseconds to find it out: many errors only tell that something is
// not there, and are caught.
if ((process.env['INQUEST_DEBUG'] ?? '') === '') Error.stackTraceLimit = 0;

// Everything is written synchronously, so that nothing is lost; what a pipe's reader may still hold open is not waited for.
void main(process.argv.slice(2)).then((code) => process.exit(code));
