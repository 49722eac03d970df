/**
 * Where the script lies that starts the command, for who runs it as a process: beside this one,
 * whether it is a source, compiled, or put together to be installed.
 */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** BIN is the path of that script. */
export const BIN = fileURLToPath(new URL(`./bin${extname(import.meta.filename)}`, import.meta.url));
