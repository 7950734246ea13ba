import t from 'tap'

import { resultOf, startJudge0, UUID } from './start.js'

const HELLO = { source_code: 'print(1)', language_id: 71 }

t.test('a batch returns a token or the errors of each submission, and its results by tokens', async (t) => {
  const service = await startJudge0(t)
  const batch = await service.send('POST', '/submissions/batch', { submissions: [{ language_id: 46, source_code: 'echo hello from Bash' }, { language_id: 123456789, source_code: 'x' }, { language_id: 72, source_code: '' }, null] })
  t.equal(batch.statusCode, 201)
  t.match(batch.json(), [{ token: UUID }, { language_id: ['language with id 123456789 doesn\'t exist'] }, { source_code: ['can\'t be blank'] }, { source_code: ['can\'t be blank'], language_id: ['can\'t be blank'] }])
  const [{ token }] = batch.json()
  await resultOf(service, token)
  const results = await service.send('GET', `/submissions/batch?tokens=${token},unknown&fields=token,stdout,status_id,language_id,stderr`)
  t.same(results.json(), { submissions: [{ token, stdout: 'hi\n', status_id: 3, language_id: 46, stderr: null }, null] })
})

t.test('a batch without a valid submission returns 422, and its size is limited', async (t) => {
  const { send, runs } = await startJudge0(t)
  const none = await send('POST', '/submissions/batch', { submissions: [{ language_id: 71 }] })
  t.match([none.statusCode, none.json()], [422, [{ source_code: ['can\'t be blank'] }]])
  const empty = 'there should be at least one submission in a batch'
  const large = 'number of submissions in a batch should be less than or equal to 20'
  for (const body of [{}, { submissions: [] }, { submissions: 'x' }]) t.match(await send('POST', '/submissions/batch', body), { statusCode: 400, body: JSON.stringify({ error: empty }) })
  t.match(await send('POST', '/submissions/batch', { submissions: Array(21).fill(HELLO) }), { statusCode: 400, body: JSON.stringify({ error: large }) })
  t.match(await send('GET', '/submissions/batch'), { statusCode: 400, body: JSON.stringify({ error: empty }) })
  t.match(await send('GET', `/submissions/batch?tokens=${Array(21).fill('x').join()}`), { statusCode: 400, body: JSON.stringify({ error: large }) })
  t.same(runs.requests, [])
})
