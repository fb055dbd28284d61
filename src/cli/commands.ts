import { assembleScript } from './assemble-script.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { createCompletion } from './completion.ts';
import { demo } from './demo.ts';
import { disable, enable } from './enable.ts';
import { explain } from './explain.ts';
import { preview } from './preview.ts';
import { scripts } from './scripts.ts';
import { serve } from './serve.ts';
import { status } from './status.ts';

const developers = [status, enable, disable, explain, check, preview, demo, assembleScript];
const operators = [serve, scripts];

/** Lists every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...developers,
  ...operators,
  createCompletion([...developers, ...operators]),
];
