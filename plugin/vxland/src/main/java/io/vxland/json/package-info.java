/** JSON of records, read strictly. */
package io.vxland.json;
