import { assembleScript } from './assemble-script.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { disable, enable } from './enable.ts';
import { explain } from './explain.ts';
import { preview } from './preview.ts';
import { serve } from './serve.ts';
import { status } from './status.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [status, enable, disable, explain, serve, preview, demo, assembleScript];
