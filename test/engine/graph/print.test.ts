import { expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../src/engine/graph/node.ts'
import { print } from '../../../src/engine/graph/print.ts'
import { objectiveGraph } from '../../../src/engine/objective/losses/objective.ts'
import { makeNetwork } from '../../../src/engine/vgg/features.ts'
import { makeTinyModel } from '../../reference/tiny-model.ts'

test('prints a node a line, constants by key, outputs last', () => {
  const x = b.input('x', [2, 3])
  const y = b.mul(b.sum(b.relu(x), [1]), b.scalar(0.5))
  expect(print(makeGraph({ y, same: x }))).toMatchInlineSnapshot(`
    "%x : float32 [2,3]
    %1 = relu(%x) : float32 [2,3]
    %2 = sum(%1) {"axes":[1]} : float32 [2]
    %3 = mul(%2, scalar 0.5) : float32 [2]
    y = %3
    same = %x"
  `)
})

test('the objective of one layer reads as its formula and its derivative', () => {
  const graph = objectiveGraph({
    width: 6,
    height: 5,
    network: makeNetwork(
      makeTinyModel({ deepest: 'conv1_1', channels: 2 }),
      'average',
      'replicate',
    ),
    form: 'normalised',
    contentLayers: ['relu1_1'],
    styleLayers: ['relu1_1'],
    styleLoss: 'gram',
    regions: 0,
    asShown: true,
    precision: 'float32',
  })
  expect(print(graph)).toMatchInlineSnapshot(`
    "%image : float32 [1,3,5,6]
    %1 = clip(%image) {"min":0,"max":1,"straightThrough":true} : float32 [1,3,5,6]
    %2 = mul(%1, per channel 4.366812227074235,4.464285714285714,4.444444444444445) : float32 [1,3,5,6]
    %3 = add(%2, per channel -2.1179039301310043,-2.0357142857142856,-1.8044444444444445) : float32 [1,3,5,6]
    %4 = pad(%3) {"before":[0,0,1,1],"after":[0,0,1,1],"mode":"edge"} : float32 [1,3,7,8]
    %5 = conv(%4, conv1_1.weight, conv1_1.bias) {"pads":[0,0,0,0]} : float32 [1,2,5,6]
    %6 = relu(%5) : float32 [1,2,5,6]
    %content.relu1_1 : float32 [1,2,5,6]
    %8 = sub(%6, %content.relu1_1) : float32 [1,2,5,6]
    %9 = mul(%8, %8) : float32 [1,2,5,6]
    %10 = sum(%9) {"axes":[0,1,2,3]} : float32 []
    %11 = reshape(%10) {"shape":[1]} : float32 [1]
    %12 = reshape(%6) {"shape":[2,30]} : float32 [2,30]
    %13 = gram(%12) : float32 [2,2]
    %14 = mul(%13, scalar 0.01666666753590107) : float32 [2,2]
    %style.relu1_1 : float32 [2,2]
    %16 = sub(%14, %style.relu1_1) : float32 [2,2]
    %17 = mul(%16, %16) : float32 [2,2]
    %18 = sum(%17) {"axes":[0,1]} : float32 []
    %19 = reshape(%18) {"shape":[1]} : float32 [1]
    %20 = slice(%1) {"starts":[0,0,1,0],"ends":[1,3,5,6]} : float32 [1,3,4,6]
    %21 = slice(%1) {"starts":[0,0,0,0],"ends":[1,3,4,6]} : float32 [1,3,4,6]
    %22 = sub(%20, %21) : float32 [1,3,4,6]
    %23 = mul(%22, %22) : float32 [1,3,4,6]
    %24 = sum(%23) {"axes":[0,1,2,3]} : float32 []
    %25 = slice(%1) {"starts":[0,0,0,1],"ends":[1,3,5,6]} : float32 [1,3,5,5]
    %26 = slice(%1) {"starts":[0,0,0,0],"ends":[1,3,5,5]} : float32 [1,3,5,5]
    %27 = sub(%25, %26) : float32 [1,3,5,5]
    %28 = mul(%27, %27) : float32 [1,3,5,5]
    %29 = sum(%28) {"axes":[0,1,2,3]} : float32 []
    %30 = add(%24, %29) : float32 []
    %31 = reshape(%30) {"shape":[1]} : float32 [1]
    %32 = clip(%image) {"min":0,"max":1,"straightThrough":false} : float32 [1,3,5,6]
    %33 = sub(%image, %32) : float32 [1,3,5,6]
    %34 = mul(%33, %33) : float32 [1,3,5,6]
    %35 = sum(%34) {"axes":[0,1,2,3]} : float32 []
    %36 = reshape(%35) {"shape":[1]} : float32 [1]
    %37 = concat(%11, %19, %31, %36) {"axis":0} : float32 [4]
    %coefficients : float32 [4]
    %39 = mul(%37, %coefficients) : float32 [4]
    %40 = mul(scalar 1|reshape 1, %coefficients) : float32 [4]
    %41 = slice(%40) {"starts":[3],"ends":[4]} : float32 [1]
    %42 = reshape(%41) {"shape":[1,1,1,1]} : float32 [1,1,1,1]
    %43 = mul(%42, %33) : float32 [1,3,5,6]
    %44 = add(%43, %43) : float32 [1,3,5,6]
    %45 = greater(scalar 0, %image) : bool [1,3,5,6]
    %46 = greater(%image, scalar 1) : bool [1,3,5,6]
    %47 = mul(%44, scalar -1) : float32 [1,3,5,6]
    %48 = where(%46, scalar 0, %47) : float32 [1,3,5,6]
    %49 = where(%45, scalar 0, %48) : float32 [1,3,5,6]
    %50 = add(%44, %49) : float32 [1,3,5,6]
    %51 = slice(%40) {"starts":[2],"ends":[3]} : float32 [1]
    %52 = reshape(%51) {"shape":[1,1,1,1]} : float32 [1,1,1,1]
    %53 = mul(%52, %27) : float32 [1,3,5,5]
    %54 = add(%53, %53) : float32 [1,3,5,5]
    %55 = mul(%54, scalar -1) : float32 [1,3,5,5]
    %56 = pad(%55) {"before":[0,0,0,0],"after":[0,0,0,1],"mode":"constant"} : float32 [1,3,5,6]
    %57 = pad(%54) {"before":[0,0,0,1],"after":[0,0,0,0],"mode":"constant"} : float32 [1,3,5,6]
    %58 = add(%56, %57) : float32 [1,3,5,6]
    %59 = mul(%52, %22) : float32 [1,3,4,6]
    %60 = add(%59, %59) : float32 [1,3,4,6]
    %61 = mul(%60, scalar -1) : float32 [1,3,4,6]
    %62 = pad(%61) {"before":[0,0,0,0],"after":[0,0,1,0],"mode":"constant"} : float32 [1,3,5,6]
    %63 = add(%58, %62) : float32 [1,3,5,6]
    %64 = pad(%60) {"before":[0,0,1,0],"after":[0,0,0,0],"mode":"constant"} : float32 [1,3,5,6]
    %65 = add(%63, %64) : float32 [1,3,5,6]
    %66 = slice(%40) {"starts":[1],"ends":[2]} : float32 [1]
    %67 = reshape(%66) {"shape":[1,1]} : float32 [1,1]
    %68 = mul(%67, %16) : float32 [2,2]
    %69 = add(%68, %68) : float32 [2,2]
    %70 = mul(%69, scalar 0.01666666753590107) : float32 [2,2]
    %71 = transpose(%70) {"permutation":[1,0]} : float32 [2,2]
    %72 = add(%70, %71) : float32 [2,2]
    %73 = matmul(%72, %12) : float32 [2,30]
    %74 = reshape(%73) {"shape":[1,2,5,6]} : float32 [1,2,5,6]
    %75 = slice(%40) {"starts":[0],"ends":[1]} : float32 [1]
    %76 = reshape(%75) {"shape":[1,1,1,1]} : float32 [1,1,1,1]
    %77 = mul(%76, %8) : float32 [1,2,5,6]
    %78 = add(%77, %77) : float32 [1,2,5,6]
    %79 = add(%74, %78) : float32 [1,2,5,6]
    %80 = step(%6) : float32 [1,2,5,6]
    %81 = mul(%79, %80) : float32 [1,2,5,6]
    %82 = conv(%81, conv1_1.weight|transpose 1,0,2,3|reverse 2,3) {"pads":[2,2,2,2]} : float32 [1,3,7,8]
    %83 = slice(%82) {"starts":[0,0,1,0],"ends":[1,3,6,8]} : float32 [1,3,5,8]
    %84 = slice(%82) {"starts":[0,0,0,0],"ends":[1,3,1,8]} : float32 [1,3,1,8]
    %85 = sum(%84) {"axes":[2]} : float32 [1,3,8]
    %86 = reshape(%85) {"shape":[1,3,1,8]} : float32 [1,3,1,8]
    %87 = pad(%86) {"before":[0,0,0,0],"after":[0,0,4,0],"mode":"constant"} : float32 [1,3,5,8]
    %88 = add(%83, %87) : float32 [1,3,5,8]
    %89 = slice(%82) {"starts":[0,0,6,0],"ends":[1,3,7,8]} : float32 [1,3,1,8]
    %90 = sum(%89) {"axes":[2]} : float32 [1,3,8]
    %91 = reshape(%90) {"shape":[1,3,1,8]} : float32 [1,3,1,8]
    %92 = pad(%91) {"before":[0,0,4,0],"after":[0,0,0,0],"mode":"constant"} : float32 [1,3,5,8]
    %93 = add(%88, %92) : float32 [1,3,5,8]
    %94 = slice(%93) {"starts":[0,0,0,1],"ends":[1,3,5,7]} : float32 [1,3,5,6]
    %95 = slice(%93) {"starts":[0,0,0,0],"ends":[1,3,5,1]} : float32 [1,3,5,1]
    %96 = sum(%95) {"axes":[3]} : float32 [1,3,5]
    %97 = reshape(%96) {"shape":[1,3,5,1]} : float32 [1,3,5,1]
    %98 = pad(%97) {"before":[0,0,0,0],"after":[0,0,0,5],"mode":"constant"} : float32 [1,3,5,6]
    %99 = add(%94, %98) : float32 [1,3,5,6]
    %100 = slice(%93) {"starts":[0,0,0,7],"ends":[1,3,5,8]} : float32 [1,3,5,1]
    %101 = sum(%100) {"axes":[3]} : float32 [1,3,5]
    %102 = reshape(%101) {"shape":[1,3,5,1]} : float32 [1,3,5,1]
    %103 = pad(%102) {"before":[0,0,0,5],"after":[0,0,0,0],"mode":"constant"} : float32 [1,3,5,6]
    %104 = add(%99, %103) : float32 [1,3,5,6]
    %105 = mul(%104, per channel 4.366812227074235,4.464285714285714,4.444444444444445) : float32 [1,3,5,6]
    %106 = add(%65, %105) : float32 [1,3,5,6]
    %107 = add(%50, %106) : float32 [1,3,5,6]
    terms = %39
    gradient = %107"
  `)
})
