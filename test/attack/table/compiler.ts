import type { Attack } from '../trial.js'
import { each } from './each.js'

const NO_BUILD = { outcome: 'build_failed' }
const ENDED = { outcome: /^(build_failed|timeout|out_of_memory|output_limit)$/ }

/** Attacks that target the compiler. */
export const COMPILER: Attack[] = [
  ...each('including an endless file', ['bomb-random.c', 'bomb-zero.c'], ENDED),
  ...each('a file that includes itself twice', ['bomb-include.c'], ENDED),
  ...each('a macro that expands to a billion tokens', ['bomb-macro.c'], ENDED),
  ...each('a huge static array', ['bomb-array.c'], ENDED),
  ...each('including an endless file in assembly code', ['bomb-assembler.c', 'bomb-fill.c'], ENDED),
  ...each('endless warnings', ['bomb-warnings.c'], ENDED),
  ...each('endless templates', ['bomb-template.cpp', 'bomb-constexpr.cpp'], ENDED),
  ...each('templates nested deeper than allowed', ['bomb-recursion.cpp'], NO_BUILD)
]
