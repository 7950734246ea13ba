import t from 'tap'

import { containerCreateFailed } from '../../../service/errors.js'
import { toServiceError } from '../../../service/docker/engine-errors.js'

const HIDDEN = '(a path of the host)'
const messageFor = (message: string) => toServiceError(new Error(message), containerCreateFailed).message

t.test('a path in the engine\'s message is hidden, for any data folder of the engine', async (t) => {
  for (const root of ['/var/lib/docker', '/data/docker', '/docker', '/mnt2/x-y_z.d', '/opt/~cache', '/tmp/é']) {
    const path = `${root}/overlay2/0abc-init/work`
    for (const [before, after] of [
      ['mkdir ', ': no space left on device'], ['mkdir "', '": permission denied'], ['open \'', '\': x'], ['source=', ',target=x'], ['(', ')'], ['lstat:', ''],
      ['error while mounting ', ';'], ['unix://', ': connect'], ['[', ']']
    ] as const) {
      const message = messageFor(before + path + after)
      t.ok(message.includes(HIDDEN), message)
      t.notMatch(message, /docker|x-y|cache|é|overlay2|work/, message)
    }
  }
  t.equal(messageFor('open "/data/my disk/x": y'), `open ${HIDDEN}: y`, 'with a space, in quotes')
  t.equal(messageFor('/a: x'), `${HIDDEN}: x`)
})

t.test('other slashes are kept', async (t) => {
  for (const message of [
    'No such image: runonce/python:latest', 'Get "https://registry.example/v2/": dial tcp: lookup', 'localhost/runonce/c', 'HTTP/1.1 400', 'read/write', 'a / b', 'linux/amd64', 'ratio 1/2'
  ]) t.equal(messageFor(message), message)
})
