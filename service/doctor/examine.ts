import type { Config } from '../config/config.js'
import { engineDetails, imageDetails, imageNames } from '../docker/engine-details.js'
import { failed, weak, LOG_ADVICE, type Check } from './check.js'
import { reachedCheck, unreachableCheck, unusableCheck, type Found } from './engine-access.js'
import { engineChecks, runtimeArguments } from './engine-checks.js'
import { imageChecks, imageForRuns, namedImageChecks, type PresentImage } from './image-checks.js'
import { createModules, type Modules } from './modules.js'
import { runChecks } from './run-checks.js'

/** Runs all checks with the settings of the service. If no engine responds, only explains why. */
export async function examine (config: Config, found: Found): Promise<Check[]> {
  const settings = config.warnings.map((sentence) => weak('settings', sentence, 'correct the settings of the service'))
  if (found.unusable !== undefined) return [...settings, unusableCheck(found)]
  const modules = createModules(config)
  try {
    const version = await modules.engine.version().catch((error) => unreachableCheck(error, config.engine.socketPath, found))
    if ('state' in version) return [...settings, version]
    await modules.start()
    const beforeMs = Date.now()
    const details = await engineDetails(modules.engine)
    const clock = { beforeMs, afterMs: Date.now() }
    const runtime = await modules.runtimeChoice.current()
    const architecture = details.Architecture ?? version.arch
    const images = await presentImages(modules)
    const named = namedImageChecks(await imageNames(modules.engine), config.namedImages)
    return [
      ...settings,
      reachedCheck(version, config.engine.socketPath, found),
      ...engineChecks({ details, version, runtime, container: config.container, clock }),
      ...imageChecks(images, { architecture, allow: config.images.allow, nowMs: Date.now() }),
      ...named,
      ...await runChecks(modules, runtimeArguments(details, runtime), imageForRuns(images, architecture))
    ]
  } catch (error) {
    return [...settings, failed('engine', `a call failed: ${(error as Error).message}`, LOG_ADVICE)]
  } finally {
    await modules.close()
  }
}

async function presentImages ({ engine, images }: Modules): Promise<PresentImage[]> {
  const languages = await images.languages()
  return await Promise.all(languages.map(async (image) => ({ image, details: await imageDetails(engine, image.id) })))
}
