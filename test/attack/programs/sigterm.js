for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) process.on(name, () => {})
require('node:fs').writeSync(1, 'before\n')
for (;;);
