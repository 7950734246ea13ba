/**
 * Well-known dangerous patterns and their names in the log. A match only produces a log line; the sandbox provides the protection.
 * Attackers control the searched text, so adjacent repetitions must not match the same characters. Otherwise, the search would take
 * quadratic time.
 */
const PATTERNS: ReadonlyArray<readonly [name: string, pattern: RegExp]> = [
  ['fork_bomb', /:\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}|while\s*(?:\(\s*)?(?:1|true|True)\s*(?:\)\s*)?(?:[:{]\s*)?(?:os\.)?fork\s*\(/],
  ['shell_out', /\bos\.(?:system|popen|exec[lv]p?e?)\s*\(|\bsubprocess\.|\bchild_process\b|\bRuntime\.getRuntime\(\)\.exec\b|\bProcessBuilder\b|\bshell_exec\s*\(/],
  ['dynamic_evaluation', /\b(?:eval|exec)\s*\(|\bnew\s+Function\s*\(|__import__\s*\(/],
  ['network', /\bsocket\.(?:socket|create_connection)\b|\brequire\(\s*['"](?:node:)?(?:net|http|https|dgram)['"]\s*\)|\bjava\.net\.|\burllib\b|\/dev\/tcp\//],
  ['docker_socket', /docker\.sock/],
  ['process_tree', /\/proc\/(?:1|self|\d+)\//],
  ['system_files', /\/etc\/(?:passwd|shadow|sudoers)\b/],
  ['destructive', /\brm\s+-(?=[a-zA-Z]*[rR])[a-zA-Z]+\s+(?:--no-preserve-root\s+)?\/|\bshutil\.rmtree\s*\(|\bmkfs\b/],
  ['kernel_interface', /\bptrace\b|\bunshare\b|\bmount\s*\(|\bio_uring\b|\buserfaultfd\b|\bbpf\s*\(/],
  ['mining', /\bstratum\+tcp\b|\bxmrig\b|\bcryptonight\b/i]
]

/** Returns the names of the patterns that the files of a program contain. */
export function suspiciousPatterns (sources: string[]): string[] {
  return PATTERNS.filter(([, pattern]) => sources.some((source) => pattern.test(source))).map(([name]) => name)
}
