<?php
foreach (['bcmath', 'bz2', 'ctype', 'curl', 'dom', 'gmp', 'iconv', 'intl', 'json', 'mbstring', 'openssl', 'pdo_sqlite', 'SimpleXML', 'sodium',
    'sqlite3', 'xml', 'xmlreader', 'xmlwriter', 'xsl', 'zip', 'zlib'] as $extension) {
    if (!extension_loaded($extension)) {
        echo $extension, "\n";
    }
}
