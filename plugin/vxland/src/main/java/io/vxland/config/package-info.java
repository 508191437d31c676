/**
 * The configuration: {@code vxland.conf} and {@code networks.d/*.conf}, read strictly, with every
 * mistake found at once. Keys and their meaning: vxland.conf(5).
 */
package io.vxland.config;
