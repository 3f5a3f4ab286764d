import type { CheckName, CheckTexts } from './self-test-en.ts'

export const checksKo: Record<CheckName, CheckTexts> = {
  versions: {
    title: '버전',
    expected: 'Photoshop 26.0과 UXP 8.0 이상',
    does: '페이지를 표시하는 데 필요합니다.',
  },
  rootHeight: {
    title: '패널의 높이',
    expected: '패널 자리에 자체 높이가 있음',
    does: '높이가 없으면 창을 채우고 다시 확인합니다.',
  },
  resizeObserver: {
    title: 'ResizeObserver',
    expected: 'UXP 8.1부터 있음',
    does: '없으면 0.4초마다 직접 확인합니다.',
  },
  textEncoder: {
    title: '패널의 TextEncoder',
    expected: 'UXP 9.4부터 있음',
    does: '사용하지 않습니다.',
  },
  network: {
    title: '플러그인의 위치',
    expected: '페이지를 불러올 수 있음(its page can be loaded)',
    does: '알려 줍니다. 프로필이 이 컴퓨터에 있는 계정을 사용하면 해결됩니다.',
  },
  bridgeChannel: {
    title: '패널과 페이지 사이의 메시지',
    expected:
      '양쪽 모두 window의 data에서 객체를 받음. 패널은 postMessage로, 페이지는 객체(object)로 보냄',
    does: '모든 방법을 시도하고 되는 방법을 계속 사용합니다.',
  },
  bridgeTrip: { title: '메시지 왕복', expected: '100 ms 미만', does: '기다립니다.' },
  bridgeSpeed: {
    title: '메시지 속도',
    expected: '10 MB/s 초과',
    does: '그대로 작동하지만 큰 레이어는 시작이 늦어집니다.',
  },
  secureContext: {
    title: '페이지의 보안 컨텍스트',
    expected: '예(yes)',
    does: '아니어서 WebGPU를 쓸 수 없으면 프로세서로 그립니다.',
  },
  webgpu: { title: 'WebGPU', expected: '어댑터 있음', does: '없으면 프로세서로 그립니다.' },
  wasm: {
    title: 'WebAssembly',
    expected: 'SIMD를 지원하는 WebAssembly',
    does: '없으면 프로세서로 그릴 수 없습니다.',
  },
  workers: {
    title: '워커',
    expected: '작동함(works)',
    does: '작동하지 않으면 페이지 안에서 프로세서로 그립니다.',
  },
  sharedMemory: { title: 'SharedArrayBuffer', expected: '없음(no)', does: '사용하지 않습니다.' },
  fetch: {
    title: '페이지가 옆의 파일을 가져올 수 있음',
    expected: '아니요(no)',
    does: '가져올 수 없으면 패널이 읽어서 보냅니다.',
  },
  offscreenCanvas: {
    title: 'OffscreenCanvas',
    expected: '작동함(works)',
    does: '필요하지 않습니다.',
  },
  pageVisible: {
    title: '페이지가 보이는 것으로 여겨짐',
    expected: 'visible',
    does: '숨겨져 있으면 미리보기를 그리지 않습니다.',
  },
  hiddenTimers: {
    title: '패널이 숨겨진 동안 페이지의 타이머',
    expected: '가장 긴 간격이 5초 미만',
    does: '기다리고, 일시 정지되었음을 알리며, 패널이 표시되면 계속합니다.',
  },
  gpuSpeed: {
    title: '그래픽 카드에서 128 px 계산 한 번',
    expected: '걸린 시간',
    does: '실패하면 프로세서로 그립니다.',
  },
  processorSpeed: {
    title: '프로세서에서 128 px 계산 한 번',
    expected: '걸린 시간',
    does: '둘 다 실패하면 그릴 수 없습니다.',
  },
  reload: {
    title: '같은 주소를 다시 설정하면 페이지가 새로 시작됨',
    expected: '새로 시작됨(begins anew)',
    does: '페이지 스스로, 다른 주소로, 또는 다른 요소에서 새로 시작하게 합니다.',
  },
  getPixelsOutside: {
    title: '모달 범위 밖에서 픽셀 읽기',
    expected: '거부됨(refused)',
    does: '항상 모달 범위 안에서 읽습니다.',
  },
  depth8: {
    title: '8비트 픽셀',
    expected: '8비트, 구성 요소 4개',
    does: '받은 비트 수 그대로 사용합니다.',
  },
  depth16: {
    title: '16비트 픽셀',
    expected: '16비트, 구성 요소 4개, 0 … 32768',
    does: '받은 비트 수 그대로 사용합니다.',
  },
  narrowing: {
    title: '16비트를 8비트로 읽기',
    expected: '거부됨(refused)',
    does: '문서의 비트 수로 읽습니다.',
  },
  trimming: {
    title: '읽은 영역이 픽셀이 있는 곳으로 잘림',
    expected: '16 px 중 4 3 12 9',
    does: '받은 경계에 맞추어 놓습니다.',
  },
  alpha: {
    title: '반투명 픽셀의 색상',
    expected: 'straight',
    does: 'straight로 여깁니다. 아니면 부드러운 가장자리의 색이 어두워집니다.',
  },
  maskMade: {
    title: '마스크가 없는 레이어에 마스크 쓰기',
    expected: '마스크가 만들어짐',
    does: '거부되면 명령으로 마스크를 만듭니다.',
  },
  maskKept: {
    title: '마스크가 쓴 대로 읽힘',
    expected: '48개 중 0개가 다름',
    does: '마스크를 쓸 수 없으면 레이어 자체를 흐리게 합니다.',
  },
  maskBounds: {
    title: '마스크에서 읽힌 영역',
    expected: '4 3 12 9',
    does: '받은 경계에 맞추어 놓습니다.',
  },
  history: {
    title: '한 단계의 작업 내역 수',
    expected: '변경 두 번에 1개',
    does: '없음: 각 단계를 따로 취소하게 됩니다.',
  },
  metadata: {
    title: '레이어에 설정 저장',
    expected: '보존됨(kept)',
    does: '그대로 그리지만 “같은 설정”은 이 레이어를 알지 못합니다.',
  },
  events: {
    title: '받은 이벤트',
    expected: '있음',
    does: '스타일 적용을 누를 때마다 다시 확인합니다.',
  },
}
