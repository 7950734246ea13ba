<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <!-- Without any input it is given an empty document. -->
  <xsl:template match="/">Hello World!&#10;</xsl:template>
</xsl:stylesheet>
