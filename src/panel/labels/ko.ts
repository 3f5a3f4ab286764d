/** 패널의 모든 문구: 한국어. */
import type { Labels } from './en.ts'
import { checksKo } from './self-test-ko.ts'

export const ko: Labels = {
  // Header
  noLayer: '그릴 레이어가 없습니다',
  layerSize: (width, height) => `${width} × ${height} px`,
  severalLayers: (count) => `레이어 ${count}개`,
  sameSettings: '같은 설정',
  sameSettingsHelp: '이 레이어를 그릴 때의 설정을 가져옵니다.',
  paintedFrom: (layerName) => `“${layerName}” 레이어에서 칠함`,
  paintOnTop: '이 결과 위에 칠하기',
  settingsTaken: (layerName) => `“${layerName}” 레이어의 설정을 가져왔습니다.`,
  settingsWithout: (names) =>
    `설정은 가져왔지만 다음을 찾지 못했습니다: ${names}. 다시 선택하세요.`,

  // Style
  style: '스타일',
  addStyle: '스타일 추가',
  removeStyle: (name) => `${name} 빼기`,
  styleDetails: (name) => `${name}의 크기, 회전, 위치`,
  amounts: {
    weight: '비율(%)',
    scale: '붓 자국 크기(배)',
    rotation: '회전(°)',
  },
  where: '그릴 곳',
  whereHelp: '위치를 정한 스타일은 그곳에만, 나머지 스타일은 남은 곳을 함께 그립니다.',
  strengthMap: '강도를 따를 곳',
  strengthMapHelp: '어두운 곳에는 사진이 그대로 남습니다.',
  places: {
    everywhere: '전체',
    selection: '선택 영역',
    'layer-mask': '레이어 마스크',
  },
  placeLayer: (name) => `“${name}” 레이어`,
  styles: {
    oil: '유화',
    watercolour: '수채화',
    ink: '수묵화',
    woodblock: '목판화',
    glass: '스테인드글라스',
    pointillism: '점묘화',
    mosaic: '모자이크',
    marbled: '마블링',
    charcoal: '목탄',
    risograph: '리소그래프',
  },
  gallery: { 'built-in': '기본 제공', recent: '최근', favourites: '즐겨찾기' },
  galleryEmpty: {
    recent: '직접 고른 그림이 여기에 나타납니다. ‘선택…’으로 고르세요.',
    favourites: '☆를 누르면 선택한 스타일이 여기에 보관됩니다.',
  },
  choose: '선택…',
  fromFile: '파일…',
  fromLayer: '선택한 레이어',
  fromDocument: (title) => `“${title}” 문서`,
  randomStyle: '무작위',
  favourite: (name) => `즐겨찾기에 추가: ${name}`,
  notFavourite: (name) => `즐겨찾기에서 빼기: ${name}`,
  chooseFile: '파일 선택…',
  styleFileGone: (name) =>
    `“${name}” 파일을 찾을 수 없거나 더 이상 읽을 수 없습니다. 파일을 다시 선택하세요.`,
  styleFileUnreadable: (name) =>
    `“${name}” 파일을 그림으로 읽을 수 없습니다. JPEG, PNG, WebP, GIF, BMP, AVIF 파일을 선택하세요.`,

  // Settings
  preset: '프리셋',
  classicPresets: '고전',
  ownPresets: '내 프리셋',
  savePreset: '저장…',
  changedPreset: (name) => `${name} (변경됨)`,
  reset: '되돌리기',
  presets: {
    default: {
      name: '기본',
      description: '들인 시간에 비해 가장 좋은 결과. 큰 형태부터 세부까지 차례로 그립니다.',
    },
    fast: {
      name: '빠르게',
      description: '빠르게 살펴보기. 단계를 줄여 작업량이 절반이 되지 않습니다.',
    },
    best: {
      name: '최고',
      description: '완성도가 가장 높은 그림. 모든 스케일에서 단계를 훨씬 많이 거칩니다.',
    },
    motifs: {
      name: '모티프',
      description: '스타일의 해, 눈, 소용돌이 같은 모티프가 그림 어디에나 나타납니다.',
    },
    bold: {
      name: '대담하게',
      description: '스타일이 주도합니다. 붓 자국이 크고 형태가 자유롭습니다.',
    },
    subtle: { name: '은은하게', description: '사진의 느낌을 살리고 스타일을 살짝 입힙니다.' },
    'gatys-2015': {
      name: 'Gatys 2015',
      description:
        '고전적인 예제. 노이즈에서 출발해 256px에서 Adam으로 2,500단계를 거칩니다. VGG19가 있으면 VGG19를 씁니다.',
    },
    'neural-style': {
      name: 'Neural Style',
      description:
        'jcjohnson의 neural-style 기본값. 노이즈에서 출발해 한 크기에서 L-BFGS로 그립니다.',
    },
  },
  sliders: {
    motifs: '모티프',
    strength: '강도',
    styleSize: '스타일 크기',
    detail: '디테일',
    smoothness: '부드러움',
  },
  sliderHelp: {
    motifs: '사진에 있는 것만 칠할지, 해나 눈 같은 스타일의 모티프까지 그려 넣을지 정합니다.',
    strength: '스타일을 얼마나 강하게 입힐지 정합니다.',
    styleSize: '붓 자국의 크기입니다.',
    detail: '사진의 디테일을 얼마나 남길지 정합니다.',
    smoothness: '높일수록 매끄럽고 잔 입자가 줄어듭니다.',
  },
  sliderEnds: {
    motifs: { low: '사진 그대로', high: '스타일의 모티프' },
    strength: { low: '사진', high: '스타일' },
    styleSize: { low: '가늘게', high: '굵게' },
    detail: { low: '자유롭게', high: '충실하게' },
    smoothness: { low: '거칠게', high: '매끄럽게' },
  },
  resetSlider: (name) => `${name} 되돌리기(두 번 클릭)`,
  colours: '색상',
  size: '작업 크기',
  sizes: {
    256: '빠른 미리보기 (256px)',
    384: '패널 미리보기 (384px)',
  },
  sizeInPx: (edge) => `${edge}px`,
  sizeOfLayer: (edge) => (edge ? `레이어 원본 크기 (${edge}px)` : '레이어 원본 크기'),
  planned: (memory) => `메모리 약 ${memory}`,
  plannedInTiles: (memory, tiles) => `메모리 약 ${memory}, 타일 ${tiles}개로 나누어 그림`,
  cannotPlan: (reason) => `이 설정으로는 그릴 수 없습니다. (${reason})`,
  tooLarge: (needed, allowed) =>
    `이 그림에 필요한 메모리가 부족합니다. 더 작은 크기를 선택하세요. (필요 ${needed}, 사용 가능 ${allowed})`,
  predictedLater: '예상 시간과 메모리는 엔진이 시작되면 표시됩니다.',
  megabytes: (amount) => `${amount}MB`,
  gigabytes: (amount) => `${amount}GB`,

  // Advanced
  advanced: '고급',
  resetToPreset: '프리셋 값으로 되돌리기',
  device: '실행 장치',
  devices: {
    auto: '가장 빠른 장치',
    webgpu: '그래픽 카드',
    wasm: '프로세서(CPU)',
  },
  groups: {
    colours: '색 범위',
    start: '시작과 가장자리',
    quality: '품질',
    network: '신경망',
    optimiser: '최적화',
  },
  anotherVariation: '다른 변형',
  optionNames: {
    size: '작업 크기',
    iterations: '반복 횟수',
    contentWeight: '콘텐츠 가중치',
    styleWeight: '스타일 가중치',
    tvWeight: '총변동 가중치',
    styleScale: '스타일 배율',
    colors: '색상',
    colorsOnly: '스타일의 색만 옮기기',
    init: '시작 그림',
    seed: '변형',
    minScale: '최소 스케일',
    scaleRatio: '스케일 비율',
    shiftShare: '이동 단계 비율',
    model: '신경망',
    contentLayers: '콘텐츠 층',
    contentLayerWeights: '콘텐츠 층 가중치',
    styleLayers: '스타일 층',
    styleLayerWeights: '스타일 층 가중치',
    styleDepth: '비교 깊이',
    styleLoss: '스타일 손실',
    lossForm: '손실 형식',
    pooling: '풀링',
    padding: '패딩',
    optimizer: '최적화 방법',
    learningRate: '학습률',
    lbfgsMemory: 'L-BFGS 메모리',
    clamp: '색 범위 제한',
    overshootWeight: '범위 초과 가중치',
    precision: '정밀도',
    convolutions: '합성곱',
    memory: '메모리',
  },
  optionHelp: {
    size: '그림을 그릴 때의 긴 변 길이입니다. 0이면 사진의 원래 크기입니다. 시간은 길이의 제곱에 비례해 늘어납니다.',
    iterations:
      '스케일마다 거치는 최적화 단계 수로, 가장 작은 스케일부터 적습니다. 마지막 수는 그보다 큰 모든 스케일에 쓰입니다.',
    contentWeight: '사진의 형태를 얼마나 단단히 지킬지 정합니다.',
    styleWeight: '스타일을 얼마나 강하게 입힐지 정합니다.',
    tvWeight: '총변동(total variation): 높일수록 매끄럽고 잔 입자가 줄어듭니다.',
    styleScale: '붓 자국의 크기: 그림에 대한 스타일 이미지의 긴 변 비율입니다.',
    colors:
      '그림의 색상을 어디서 가져올지 정합니다. 스타일의 색을 쓰거나, 사진의 색을 유지하고 명암에만 스타일을 입히거나, 스타일의 붓 자국을 사진에 맞춘 색으로 그립니다.',
    colorsOnly: '그림은 그리지 않고 사진의 색만 스타일의 색으로 옮깁니다. 금방 끝납니다.',
    init: '무엇에서 그리기 시작할지 정합니다: 사진 또는 노이즈.',
    seed: '노이즈의 번호입니다. 번호가 같으면 같은 그림이 나옵니다.',
    minScale: '가장 작은 스케일의 긴 변입니다. 작업 크기 이상이면 스케일이 하나뿐입니다.',
    scaleRatio: '각 스케일이 바로 앞 스케일보다 몇 배 큰지 정합니다.',
    shiftShare:
      '마지막 스케일의 단계 가운데 끝부분의 이 비율만큼은 그림을 한 픽셀 옮겨서 그려, 신경망의 풀링이 남기는 격자무늬를 줄입니다. 스무 단계가 안 되거나 Adam이면 옮기지 않습니다.',
    model: '특징을 비교하는 신경망입니다. ‘자동’은 VGG19가 있으면 VGG19, 없으면 VGG16을 씁니다.',
    contentLayers: '사진을 비교하는 층입니다. 깊을수록 형태가 자유로워집니다.',
    contentLayerWeights:
      '콘텐츠 층마다 하나씩의 가중치입니다. 마지막 수는 나머지 모든 층에 쓰입니다.',
    styleLayers: '스타일을 비교하는 층입니다. 얕은 층은 색과 질감, 깊은 층은 무늬를 다룹니다.',
    styleLayerWeights:
      '스타일 층마다 하나씩의 가중치입니다. 마지막 수는 나머지 모든 층에 쓰입니다.',
    styleDepth:
      '스케일마다 비교하는 가장 깊은 블록으로, 가장 작은 스케일부터 적습니다. 마지막 수는 그보다 큰 모든 스케일에 쓰입니다. 큰 그림의 마지막 스케일에는 질감만 있으면 됩니다.',
    styleLoss:
      '스타일을 비교하는 방법입니다: 문헌에서 쓰는 그람 행렬(그림의 일부가 칠해지지 않을 수 있음), 그림 전체를 고르게 칠하는 공분산, 또는 형태와 색을 조금 더 충실히 지키는 평균과 공분산의 바서슈타인 거리.',
    lossForm:
      '손실의 척도입니다: 층별로 정규화한 Impasto 방식, neural-style 방식, Gatys 예제 방식.',
    pooling: '블록 사이의 풀링입니다. 평균은 더 부드럽고, 최댓값은 경계가 더 또렷합니다.',
    padding:
      '그림 둘레를 채우는 방법입니다: 가장자리 반복, 테두리가 보이는 검정, 또는 이음매 없이 이어지는 무늬가 되는 반대쪽 가장자리.',
    optimizer: 'L-BFGS는 단계마다 더 많이 나아가고, Adam은 메모리를 덜 씁니다.',
    learningRate: '최적화의 보폭입니다. 0이면 기본값을 씁니다: L-BFGS는 1, Adam은 0.02.',
    lbfgsMemory: 'L-BFGS가 기억하는 단계 수입니다. 한 단계마다 그림 두 장만큼의 메모리가 듭니다.',
    clamp: '파일에 담을 수 있는 범위로 색을 제한한, 실제로 보일 그림의 손실을 최소화합니다.',
    overshootWeight: '색 범위를 제한할 때, 범위를 벗어난 색을 되돌리는 힘입니다(손실에 대한 비율).',
    precision:
      '신경망 안에서 쓰는 수의 형식입니다. 그래픽 카드가 float16을 지원하면 메모리가 절반으로 줄고, 자동은 float16이 더 빠를 때 float16을 씁니다.',
    convolutions:
      '신경망을 계산하는 방법입니다. 자동은 더 빠르고 메모리가 허락하는 곳에서 곱셈을 줄이고, 나머지는 이전 버전과 같은 방식으로 더 오래 걸립니다. 그림의 품질은 같지만 결과는 조금 다릅니다.',
    memory:
      '작업에 쓸 수 있는 메모리입니다. 적게 잡으면 타일이 작아지고, 더 적으면 L-BFGS가 기억하는 단계가 줄어듭니다. 0이면 남아 있는 메모리의 일부를 씁니다.',
  },
  choices: {
    style: '스타일의 색',
    'content-luminance': '사진의 색',
    'content-match': '사진에 맞춘 색',
    gram: '그람 행렬',
    covariance: '공분산',
    wasserstein: '바서슈타인',
    wrap: '반대쪽 가장자리(이음매 없음)',
    content: '사진',
    random: '노이즈',
    image: '이미지',
    normalised: '정규화',
    'neural-style': 'Neural Style',
    gatys: 'Gatys',
    average: '평균',
    max: '최댓값',
    replicate: '가장자리 반복',
    zeros: '검정',
    lbfgs: 'L-BFGS',
    adam: 'Adam',
    auto: '자동',
    float32: 'float32',
    float16: 'float16',
    direct: '이전 버전처럼',
  },
  expected: (allowed) => `입력할 수 있는 값: ${allowed}`,
  mustBe: (name, allowed) => `“${name}”에 입력할 수 있는 값: ${allowed}`,
  showField: '보기',
  notInstalled: (name) => `${name}(설치되지 않음)`,
  allowedList: (allowed) => `${allowed}, 쉼표로 구분`,

  // Run
  facts: {
    enlarged: (edge, whole) => `${whole} px 중 ${edge} px로 그린 뒤 확대`,
    whole: (edge) => `${edge} px`,
    about: (duration) => `약 ${duration}`,
    atOnce: '1초 미만',
    devices: { webgpu: '그래픽 카드', wasm: '프로세서' },
  },
  preview: '미리 보기',
  previewIn: (duration) => `미리 보기(${duration})`,
  previewHelp: '패널에만 작은 그림을 빠르게 보여 줍니다. 문서는 바뀌지 않습니다.',
  previews: {
    painting: '미리 보기를 그리는 중…',
    shown: '미리 보기입니다. ‘스타일 입히기’를 누르면 전체 크기로 그립니다.',
  },
  trySmaller: (edge, duration) => `${edge} px로 해 보기(${duration})`,
  longRun: (duration) =>
    `약 ${duration} 걸립니다. 그동안 Photoshop을 계속 쓸 수 있고, ‘멈추고 사용’을 누르면 지금까지 가장 좋은 그림을 사용합니다.`,
  longRunTitle: '오래 걸리는 작업',
  paintAnyway: '그리기',
  stylize: '스타일 입히기',
  stylizeLayers: (count) => `레이어 ${count}개에 스타일 입히기`,
  goOn: '이어서 그리기',
  goOnHelp: '이 그림에서 이어서, 그 위의 새 레이어에 그립니다.',
  goOnBy: { more: '단계 더', larger: '다음 크기', stronger: '더 강하게' },
  goOnAt: (size) => `다음 크기: ${size}`,
  stop: '멈추고 사용',
  cancel: '취소',
  phases: {
    reading: '레이어를 읽는 중…',
    opening: '엔진을 시작하는 중…',
    painting: '그리는 중…',
    stopping: '멈추는 중…',
    inserting: '새 레이어를 만드는 중…',
  },
  paintingOf: (layer, document) => `${document}의 “${layer}” 레이어를 그리는 중…`,
  paused: '일시 정지됨: Impasto 패널을 맨 앞으로 가져오세요.',
  scale: (index, count, size) => `스케일 ${index}/${count} · ${size}`,
  iteration: (index, count) => `단계 ${index}/${count}`,
  loss: (loss) => `손실 ${loss}`,
  left: (duration) => `${duration} 남음`,
  done: (layerName, document, duration) =>
    `${document}에 새 레이어 “${layerName}”을(를) 만들었습니다(${duration})`,
  doneEarly: (layerName, document, duration) =>
    `도중에 멈추고 ${document}에 새 레이어 “${layerName}”을(를) 만들었습니다(${duration})`,
  doneWarning: (warning) => `그리는 동안 문제가 있었습니다. (${warning})`,
  recipeLost:
    '결과에 설정을 저장하지 못해 나중에 ‘같은 설정’이나 ‘이어서 그리기’를 쓸 수 없습니다.',
  batchPosition: (index, count, name) => `레이어 ${index}/${count}: ${name}`,
  batchDone: (painted, count) => `레이어 ${count}개 중 ${painted}개를 그렸습니다.`,
  batchCancelled: (painted, count) =>
    `취소되었습니다. 레이어 ${count}개 중 ${painted}개를 그렸습니다.`,
  batchFailure: (name, reason) => `${name}: ${reason}`,
  held: '그림은 여기에 보관되어 있습니다.',
  placements: {
    'above-source': '삽입',
    'top-of-document': '맨 위에 삽입',
    'new-document': '새 문서',
  },
  discard: '버리기',
  layerName: (style, preset, edge) => `${style} · ${preset} · ${edge} px`,

  // Problems
  problems: {
    'no-document': '문서를 열고 그릴 레이어를 선택하세요.',
    'no-layer': '그릴 레이어를 선택하세요.',
    'several-layers': '레이어가 여러 개 선택되어 있습니다. 하나만 선택하세요.',
    'adjustment-layer': '조정 레이어에는 픽셀이 없습니다. 그림이 있는 레이어를 선택하세요.',
    'empty-layer': '레이어가 비어 있습니다. 그림이 있는 레이어를 선택하세요.',
    artboard: '대지가 선택되어 있습니다. 그 안의 레이어나 그룹을 선택하세요.',
    'unsupported-mode':
      '이 색상 모드에서는 그릴 수 없습니다. 이미지 › 모드에서 RGB 색상으로 바꾸세요.',
    'selection-outside':
      '선택 영역이 레이어와 겹치지 않습니다. 선택을 해제하거나 레이어의 일부를 선택하세요.',
    'no-selection':
      '스타일이나 강도가 선택 영역을 따르는데 선택된 곳이 없습니다. 선택 영역을 만들거나 적용할 곳을 다시 고르세요.',
    'no-layer-mask':
      '스타일이나 강도가 레이어 마스크를 따르는데 레이어에 마스크가 없거나 전체를 가립니다. 마스크를 추가하거나 적용할 곳을 다시 고르세요.',
    'mask-layer-gone':
      '스타일이나 강도가 따르는 레이어가 없어졌거나 픽셀이 없습니다. 적용할 곳을 다시 고르세요.',
    'original-gone':
      '이 레이어의 원본 레이어가 문서에 없거나 바뀌었거나 이름이 달라졌습니다. “같은 설정”으로 설정을 가져온 뒤 다른 레이어를 선택해 그리세요.',
    'layer-moved': '이 레이어가 원본 레이어에서 벗어나 있습니다. 제자리로 옮기세요.',
    busy: 'Photoshop이 다른 작업을 하고 있습니다. 그 작업을 마치거나 닫은 뒤 다시 시도하세요.',
    cancelled: 'Photoshop에서 취소되었습니다. 바뀐 것은 없습니다.',
    'document-closed': '그리는 동안 문서가 닫혔습니다.',
    'layer-deleted': '그리는 동안 레이어가 삭제되었습니다.',
    'document-changed': '그리는 동안 문서의 모드나 비트 심도가 바뀌었습니다.',
    failed: 'Photoshop에서 작업이 실패했습니다. 바뀐 것은 없으니 다시 시도하세요.',
  },
  errors: {
    shape: '엔진에 오류가 있습니다. 진단 정보와 함께 알려 주세요.',
    option: '맞지 않는 설정이 있습니다. 프리셋 값으로 되돌리거나 설정을 고치세요.',
    image: '쓸 수 없는 그림입니다. 다른 그림을 선택하세요.',
    model: '신경망의 가중치를 쓸 수 없습니다. 플러그인을 다시 설치하세요.',
    runtime:
      '장치에 문제가 생겼습니다. 메모리가 부족할 수 있습니다. 더 작은 크기로 그리거나 고급 › 품질 › 실행 장치에서 프로세서를 선택하세요.',
    cancelled: '취소되었습니다. 바뀐 것은 없습니다.',
    bridge: '엔진 페이지와의 연결이 끊겼습니다. 바뀐 것은 없으니 다시 시도하세요.',
    internal: '문제가 생겼습니다. 진단 정보와 함께 알려 주세요.',
  },

  modelMissing: (name) =>
    `“${name}” 신경망은 이 플러그인에 없습니다. 고급 › 신경망에서 다른 것을 선택하세요.`,
  networkProfile:
    '사용 중인 Photoshop은 로밍 프로필처럼 네트워크 드라이브에 있는 플러그인의 페이지를 불러오지 못합니다. Photoshop을 27.10 이상으로 업데이트하거나, 프로필이 이 컴퓨터에 있는 계정을 사용하세요.',

  // Engine
  engineAsleep: '처음 사용할 때 엔진이 시작됩니다.',
  engineLoading: '엔진을 시작하는 중…',
  engineLoadingPart: (loaded, total) => `엔진을 시작하는 중: ${total}MB 중 ${loaded}MB`,
  engineFailed: '엔진을 시작하지 못했습니다.',
  onGpu: '그래픽 카드에서 실행',
  onProcessor: '프로세서(CPU)에서 실행',
  fallback: (reason) =>
    `그래픽 카드를 쓸 수 없어 프로세서에서 실행하므로 훨씬 느립니다. (${reason})`,
  original: '원본',
  previewIdle: '그림이 여기에 나타납니다.',

  // Flyout menu
  menu: {
    stylize: '마지막 설정으로 스타일 입히기',
    savePreset: '프리셋 저장…',
    managePresets: '프리셋 관리…',
    importPresets: '프리셋 가져오기…',
    exportPresets: '프리셋 내보내기…',
    keepInFolder: '폴더에 프리셋 보관…',
    diagnostics: '진단 정보…',
    help: '도움말',
    about: 'Impasto 정보',
  },

  // Dialogs
  save: '저장',
  close: '닫기',
  remove: '삭제',
  reallyRemove: (name) => `“${name}” 프리셋을 삭제할까요? 되돌릴 수 없습니다.`,
  keep: '유지',
  copy: '복사',
  copied: '복사했습니다.',
  copyByHand: '텍스트를 선택한 뒤 키보드로 복사하세요.',
  presetName: '프리셋 이름',
  presetNameProblems: {
    empty: '이름을 입력하세요.',
    'too long': '이름이 너무 깁니다.',
    taken: '기본 제공 프리셋과 이름이 같습니다. 다른 이름을 입력하세요.',
    used: '같은 이름의 프리셋이 있습니다. 다른 이름을 입력하세요.',
  },
  presetWithStyles: '스타일도 프리셋에 함께 저장',
  presetStyleProblems: {
    'too large': (name) =>
      `“${name}” 파일이 2MB보다 큽니다. 더 작은 사본으로 저장하거나 스타일을 빼고 저장하세요.`,
    format: (name) =>
      `“${name}” 파일은 JPEG도 PNG도 아닙니다. 둘 중 하나로 저장하거나 스타일을 빼고 저장하세요.`,
  },
  presetsFull: '프리셋을 더 저장할 자리가 없습니다. 먼저 몇 개를 삭제하세요.',
  presetsNotKept:
    '프리셋을 기억할 공간이 부족해 Photoshop을 닫으면 사라집니다. 보관하려면 내보내세요.',
  presetSaved: (name) => `“${name}” 프리셋을 저장했습니다.`,
  presetsAtRisk:
    'Photoshop이나 플러그인을 업그레이드하면 사라질 수 있으니, 패널 메뉴에서 폴더에 보관하거나 내보내세요.',
  noPresets:
    '아직 저장한 프리셋이 없습니다. ‘프리셋 저장…’으로 현재 설정을 저장할 수 있습니다. 전에 폴더에 보관했다면 ‘폴더에 프리셋 보관…’으로 그 폴더를 다시 선택하세요.',
  keptInFolder: (name, count) =>
    `이제부터 프리셋(${count}개)과 최근 스타일을 “${name}” 폴더에 보관합니다. Photoshop을 업그레이드한 뒤에는 이 폴더를 다시 선택하세요.`,
  folderGone: (name) =>
    `프리셋을 보관하는 “${name}” 폴더를 쓸 수 없어 패널이 기억하는 것을 사용합니다. ‘폴더에 프리셋 보관…’으로 폴더를 다시 선택하세요.`,
  folderNotWritten: (name) =>
    `“${name}” 폴더에 프리셋과 최근 스타일을 저장하지 못했습니다. 패널은 기억하고 있으니 폴더를 다시 선택하거나 프리셋을 내보내세요.`,
  folderNotChosen:
    '그 폴더에는 프리셋을 보관할 수 없습니다. 다른 폴더를 선택하거나 프리셋을 내보내세요.',
  presetsImported: (count) => `프리셋 ${count}개를 가져왔습니다.`,
  presetsNotImported: '프리셋을 가져오지 못했습니다. 바뀐 것은 없습니다.',
  presetsExported: (name) => `프리셋을 ${name} 파일로 내보냈습니다.`,
  fileNotWritten: '파일을 저장하지 못했습니다.',
  panelNeeded:
    'Impasto는 패널에서 그림을 그립니다. 플러그인 › Impasto에서 패널을 연 뒤 다시 실행하세요.',
  helpText: [
    '레이어 하나를 선택하고 스타일을 고른 뒤 ‘스타일 입히기’를 누르세요. 미리보기에서 그림이 완성되어 가고, 원래 레이어 위에 새 레이어로 들어갑니다. 한 번에 실행 취소할 수 있습니다.',
    '선택 영역은 스타일이나 강도가 그것을 따를 때가 아니면 새 레이어에 마스크로 적용됩니다.',
    '스타일이 여럿이면 비중에 따라 섞이거나, 선택 영역, 레이어 마스크, 다른 레이어의 밝은 곳처럼 정해진 곳에 각각 그려집니다.',
    '‘멈추고 사용’은 지금까지 가장 좋은 그림을 사용합니다. ‘취소’나 Esc 키를 누르면 아무것도 바뀌지 않습니다. ‘이어서 그리기’는 그림에서 이어 그려 그 위에 새 레이어를 만듭니다.',
    'Impasto가 그린 레이어를 선택하면 ‘같은 설정’으로 그릴 때의 설정을 가져오고, ‘이어서 그리기’로 그 그림에서 이어 그리며, ‘스타일 입히기’로 원본을 새로 그립니다.',
    '레이어를 여러 개 선택하면 차례로 하나씩 그립니다.',
    '크게 그릴수록 붓 자국이 섬세해지며, 시간은 크기의 제곱에 비례해 늘어납니다.',
    '‘파일…’을 눌러도 반응이 없는 것 같으면 파일 대화 상자가 창이나 떠 있는 패널 뒤에 열렸을 수 있습니다. 창을 옮기거나 Esc 키를 누르고 다시 선택하세요.',
    '여러 그림에 쓰려면 액션을 기록하세요. 플러그인 › Impasto › 레이어에 스타일 입히기가 설정과 함께 기록됩니다. ‘다시 기록’은 그 단계를 재생한 뒤 패널의 현재 설정을 저장합니다.',
    '액션을 재생할 때 “스크립트 액션 실패”라는 메시지가 나오면 플러그인이 로드되지 않은 것입니다. Impasto 패널을 연 뒤 액션을 다시 재생하세요.',
  ],
  aboutText: (version) => [
    `Impasto ${version}`,
    'Gatys, Ecker, Bethge(2015)의 신경망 스타일 전이. 모든 계산은 이 컴퓨터에서 이루어지며 어떤 데이터도 밖으로 나가지 않습니다.',
  ],

  // Self-test
  selfTest: {
    start: '이 Photoshop 테스트',
    explained:
      'Impasto가 의존하는 것을 약 1분 동안 테스트합니다. 자체 문서를 열어 사용하고 다시 닫습니다.',
    progress: (done, all) => `이 Photoshop을 테스트하는 중: ${all}개 중 ${done}개…`,
    busy: 'Impasto가 그리는 중입니다. 끝난 뒤에 테스트하세요.',
    sum: (differing, untested) =>
      differing + untested === 0
        ? '모두 예상과 같습니다.'
        : `예상과 다름: ${differing}개. 테스트하지 못함: ${untested}개.`,
    asExpected: '예상과 같음',
    differs: '다름',
    untested: '테스트하지 못함',
    expected: '예상',
    found: '확인',
    save: '저장…',
    saved: (name) => `${name}(으)로 저장했습니다.`,
    checks: checksKo,
  },

  // Times
  lessThanASecond: '1초 미만',
  hours: (hours, minutes) => `${hours}시간 ${minutes}분`,
  minutes: (minutes, seconds) => (seconds === 0 ? `${minutes}분` : `${minutes}분 ${seconds}초`),
  seconds: (seconds) => `${seconds}초`,
}
