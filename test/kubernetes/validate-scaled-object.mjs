// Holds a ScaledObject, JSON on stdin, against KEDA's schema. A process of its own: its package has ES modules only.
import { json } from 'node:stream/consumers';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';

new ScaledObject(await json(process.stdin)).validate();
