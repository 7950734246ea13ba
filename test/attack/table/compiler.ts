import type { Attack } from '../attack.js'
import { each } from './each.js'

const NO_BUILD = { outcome: 'build_failed' }
const ENDED = { outcome: /^(build_failed|timeout|out_of_memory|output_limit)$/ }

/** What is meant for the compiler. */
export const COMPILER: Attack[] = [
  ...each('an endless file is included', ['bomb-random.c', 'bomb-zero.c'], ENDED),
  ...each('it includes itself, twice', ['bomb-include.c'], ENDED),
  ...each('a macro of a billion tokens', ['bomb-macro.c'], ENDED),
  ...each('a huge static array', ['bomb-array.c'], ENDED),
  ...each('an endless file for the assembler', ['bomb-assembler.c', 'bomb-fill.c'], ENDED),
  ...each('diagnoses without end', ['bomb-warnings.c'], ENDED),
  ...each('templates without end', ['bomb-template.cpp', 'bomb-constexpr.cpp'], ENDED),
  ...each('templates deeper than allowed', ['bomb-recursion.cpp'], NO_BUILD)
]
