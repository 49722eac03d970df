/**
 * What tests start is started often: what it takes to compile is kept between two starts, until the
 * end of the run. What runs the tests themselves keeps nothing there; it ends later than the run.
 */
import { inject } from 'vitest';

process.env['NODE_COMPILE_CACHE'] = inject('cache');
