import { mount } from 'svelte';
import App from './App.svelte';
import { listen_for_keys } from './live/keys';
import { follow_theme } from './live/theme';
import './style/tokens.css';
import './style/base.css';

follow_theme();
listen_for_keys();

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');
mount(App, { target });
