import t from 'tap'

import { parseAptSettings } from '../../../../tools/lib/bootstrap.js'

void t.test('mmdebstrap gets the proxies and the date checks of apt', async (t) => {
  const dump = 'Acquire::Check-Date "false";\nAcquire::Check-Valid-Until "true";\nAcquire::http::Proxy "http://p:1";\nAcquire::https::Proxy "";\nAcquire::Retries "3";\n'
  t.same(parseAptSettings(dump), ['--aptopt=Acquire::Check-Date "false"', '--aptopt=Acquire::http::Proxy "http://p:1"'])
})
