<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:include href="greeting.xsl"/>
  <xsl:output method="text"/>
  <xsl:template match="/">
    <xsl:call-template name="hello"><xsl:with-param name="name">two</xsl:with-param></xsl:call-template>
  </xsl:template>
</xsl:stylesheet>
