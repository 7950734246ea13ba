import { runtime, type Attack, type Trial } from './trial.js'
import { MODES, type ModeName } from './modes.js'
import { CASES } from './table/cases.js'
import { COMPILER } from './table/compiler.js'
import { EXHAUSTION } from './table/exhaustion.js'
import { ISOLATION } from './table/isolation.js'
import { OUTPUTS } from './table/outputs.js'
import { STREAMS } from './table/streams.js'
import { TERMINAL } from './table/terminal.js'

const ATTACKS = [...ISOLATION, ...STREAMS, ...EXHAUSTION, ...COMPILER, ...CASES, ...OUTPUTS, ...TERMINAL]
const NAMES = Object.keys(MODES) as ModeName[]
/** Programs that also run in the modes other than `plain` if no modes are selected. */
const SAMPLE = ['daemon.c', 'forged-result.c', 'full-tmpfs.py', 'leave-files.py', 'leave-ipc.c', 'output-links.py', 'runner-streams.py', 'terminal.c']

/**
 * Returns the attacks to run, each with its mode.
 * @param programs names of programs; undefined selects all
 * @param modes names of modes, separated by commas, or `all`; undefined selects `plain`, and the other modes for a sample of programs
 */
export function trials (programs: string[] | undefined, modes: string | undefined): Trial[] {
  const named = modes === undefined || modes === 'all' ? NAMES : modes.split(',').map(modeNamed)
  return named.filter(isAvailable).flatMap((mode) => ATTACKS
    .filter((attack) => (attack.modes ?? NAMES).includes(mode) && (programs?.includes(attack.program) ?? true))
    .filter(({ program }) => modes !== undefined || programs !== undefined || mode === 'plain' || SAMPLE.includes(program))
    .map((attack: Attack) => ({ attack, mode })))
}

function modeNamed (name: string): ModeName {
  const mode = NAMES.find((each) => each === name)
  if (mode === undefined) throw new Error(`unknown mode ${JSON.stringify(name)}: the modes are ${NAMES.join(', ')}`)
  return mode
}

function isAvailable (name: ModeName): boolean {
  return MODES[name].unavailable?.[runtime ?? 'runc'] === undefined
}
