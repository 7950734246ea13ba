import * as echarts from 'echarts'

const SERIES = { floor: 'engine floor', cold: 'cold', bare: 'bare process', warm: 'ready container' }
const WIDTH = 860
const ROW_HEIGHT = 58

/**
 * Draws a bar chart of the p50 latency of each language's hello program, for docs/benchmarks.md.
 * @param {import('./report.js').Report} report
 * @returns {string} SVG
 */
export function toSvg ({ latency }) {
  const hellos = latency.filter(({ program }) => program === 'hello').toReversed()
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: 90 + ROW_HEIGHT * hellos.length })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    legend: { top: 8 },
    grid: { left: 90, right: 60, top: 44, bottom: 40 },
    xAxis: { type: 'log', min: 1, name: 'ms, p50', nameLocation: 'middle', nameGap: 26 },
    yAxis: { type: 'category', data: hellos.map(({ language }) => language) },
    series: Object.entries(SERIES).map(([key, name]) => ({
      name,
      type: 'bar',
      data: hellos.map(({ measurements }) => measurements[key] === undefined ? null : Number(measurements[key].p50.toFixed(1))),
      label: { show: true, position: 'right', fontSize: 10 }
    }))
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
